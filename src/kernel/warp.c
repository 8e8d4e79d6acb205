/* Twin of morphkit.engine.warp: the pixels of a frame, row by row.

   A row is cut into runs of pixels of one triangle; in a run each source is sampled along a
   straight line, unless drift bends it.  What is open is drawn over the row before it leaves.
*/
#include "pair.h"
#include "warp.h"

enum { PARTS = 64, LEAST_SEEN = ONE >> 3 };

typedef struct {
    int64_t x, stop, y;
    Py_ssize_t triangle;
} Run;

/* --- light of a run ---------------------------------------------------------------------- */

static inline void round_all(const Corners *at, int64_t count, int32_t *out)
{
    for (int64_t i = 0; i < count; i++) out[i] = nearest(mixed(at, i, count));
}

/* What is added to the places of each source, in 2^-14 px. */
static void drift_along(const Job *job, const Run *run, int32_t *away)
{
    const Grid *grid = &job->drift;
    Place at = place_on(job->drift_maps + 6 * run->triangle, run->x, run->y);
    for (int64_t x = run->x; x < run->stop; x++, away += grid->count) {
        const int64_t padding = PAD * PHASES;
        const Corners nodes = corners_of(grid, rounded(at.u) - padding, rounded(at.v) - padding);
        if (grid->count == 4) round_all(&nodes, 4, away); /* two sources: one vector */
        else round_all(&nodes, grid->count, away);
        at.u += at.du;
        at.v += at.dv;
    }
}

/* The sample of a source at a place, with its drift if there is one; the place moves on.
   `inside` promises that the place lies near the photo. */
static inline Shorts seen_at(const Job *job, Py_ssize_t k, Place *at, const int32_t *away,
                             int inside, int bilinear)
{
    const Source *source = job->sources + k;
    uint64_t u = at->u, v = at->v;
    at->u += at->du;
    at->v += at->dv;
    if (inside) return sampled(source, rounded(u), rounded(v), job->taps, bilinear);
    if (away) {
        u += (uint64_t)(int64_t)away[2 * k] << (MAP_BITS - DRIFT_BITS);
        v += (uint64_t)(int64_t)away[2 * k + 1] << (MAP_BITS - DRIFT_BITS);
    }
    return sampled(source, near_photo(rounded(u), source->width),
                   near_photo(rounded(v), source->height), job->taps, bilinear);
}

static Place start_of(const Job *job, const Layer *layer, const Run *run, Py_ssize_t k)
{
    return place_on(layer->maps + 6 * (k * job->mesh.count + run->triangle), run->x, run->y);
}

static int is_gentle(uint64_t step)
{
    const int64_t most = (int64_t)1 << 46;
    return (int64_t)step > -most && (int64_t)step < most;
}

/* Whether a source is only sampled near its photo.  On a straight line it is where both ends
   are; a step so large that the line could leave the 64 bits between them says no. */
static int stays_inside(const Source *source, const Place *at, int64_t steps)
{
    if (!is_gentle(at->du) || !is_gentle(at->dv) || steps >= 1 << 16) return 0;
    const uint64_t u[2] = {at->u, at->u + at->du * (uint64_t)steps};
    const uint64_t v[2] = {at->v, at->v + at->dv * (uint64_t)steps};
    for (int i = 0; i < 2; i++)
        if (rounded(u[i]) != near_photo(rounded(u[i]), source->width) ||
            rounded(v[i]) != near_photo(rounded(v[i]), source->height))
            return 0;
    return 1;
}

/* Up to two sources of a run, in 32-bit sums: into `out`, where they are the first, or added;
   after the last the sums become light. */
static inline void add_along(const Job *job, const Group *group, const Place *from,
                             const int32_t *away, int inside, int bilinear, int64_t length,
                             int32_t *out)
{
    Place at[2] = {from[0], from[1]};
    for (int64_t x = 0; x < length; x++, out += CHANNELS) {
        Ints sum = group->first ? four(group->start) : load_ints(out);
        for (int i = 0; i < group->count; i++) {
            const Shorts seen = seen_at(job, group->k[i], at + i, away, inside, bilinear);
            sum = plus(sum, dot(low_pairs(seen, seen), group->share[i]));
        }
        store_ints(out, group->last ? shifted(sum, ONE_BITS) : sum);
        if (away) away += 2 * job->count;
    }
}

/* Each case is a loop of its own, without what it does not need. */
static void add_group(const Job *job, const Layer *layer, const Run *run, const Group *group,
                      const int32_t *away, int32_t *out)
{
    const int64_t length = run->stop - run->x;
    Place at[2] = {{0}};
    int inside = !away;
    for (int i = 0; i < group->count; i++) {
        at[i] = start_of(job, layer, run, group->k[i]);
        inside = inside && stays_inside(job->sources + group->k[i], at + i, length - 1);
    }
    if (group->count == 2 && pairs_are_ready()) {
        const Pair pair = {
            .source = {job->sources + group->k[0], job->sources + group->k[1]},
            .at = {at[0], at[1]},
            .share = {group->share[0], group->share[1]},
            .away = away,
            .lane = {2 * group->k[0], 2 * group->k[1]},
            .lanes = 2 * job->count,
            .inside = inside,
            .start = group->start,
            .first = group->first,
            .last = group->last,
        };
        add_pair(&pair, job->taps, job->bilinear, length, out);
    } else if (inside && job->bilinear) add_along(job, group, at, NULL, 1, 1, length, out);
    else if (inside) add_along(job, group, at, NULL, 1, 0, length, out);
    else if (job->bilinear) add_along(job, group, at, away, 0, 1, length, out);
    else add_along(job, group, at, away, 0, 0, length, out);
}

/* The same with 64-bit sums, for weights that need them. */
static void add_widely(const Job *job, const Layer *layer, const Run *run, Py_ssize_t k,
                       const int32_t *away, int64_t *sums)
{
    Place at = start_of(job, layer, run, k);
    for (int64_t x = run->x; x < run->stop; x++, sums += CHANNELS) {
        int16_t each[CHANNELS];
        store_low(each, seen_at(job, k, &at, away, 0, job->bilinear));
        for (int i = 0; i < CHANNELS; i++) sums[i] += layer->weights[k] * each[i];
        if (away) away += 2 * job->count;
    }
}

static void sum_widely(const Job *job, const Layer *layer, const Run *run, const int32_t *away,
                       int64_t *sums, int32_t *out)
{
    const int64_t length = CHANNELS * (run->stop - run->x);
    for (int64_t i = 0; i < length; i++) sums[i] = MIDDLE * layer->all + ONE / 2;
    for (Py_ssize_t k = 0; k < job->count; k++)
        if (layer->weights[k]) add_widely(job, layer, run, k, away, sums);
    for (int64_t i = 0; i < length; i++) out[i] = (int32_t)(sums[i] >> ONE_BITS);
}

/* Light of a run, four channels a pixel, into `out`. */
static void light_along(const Job *job, const Layer *layer, const Run *run, Row *row,
                        int32_t *out)
{
    const int32_t *away = job->drift_maps ? row->away : NULL;
    if (away) drift_along(job, run, row->away);
    if (layer->wide) {
        sum_widely(job, layer, run, away, row->sums, out);
        return;
    }
    for (Py_ssize_t i = 0; i < layer->groups_count; i++)
        add_group(job, layer, run, layer->groups + i, away, out);
}

/* --- openings ------------------------------------------------------------------------------ */

/* Puts the eyeball over what the mesh shows at a pixel: of each source as far as it shows it. */
static void show_ball(const Job *job, const Opening *opening, int64_t x, int64_t y,
                      int32_t *light)
{
    int64_t total[3] = {0, 0, 0}, seen = 0;
    for (Py_ssize_t k = 0; k < job->count; k++) {
        const int64_t weight = opening->layer.weights[k];
        if (weight == 0) continue;
        Place at = place_on(opening->balls + 6 * k, x, y);
        int16_t ball[CHANNELS];
        store_low(ball, seen_at(job, k, &at, NULL, 0, job->bilinear));
        const int64_t share = (weight * clipped(ball[3] + MIDDLE, 0, WHITE)) >> ONE_BITS;
        for (int i = 0; i < 3; i++) total[i] += share * (ball[i] + MIDDLE);
        seen += share;
    }
    const int64_t lacking = seen < LEAST_SEEN ? LEAST_SEEN - seen : 0;
    seen += lacking;
    for (int i = 0; i < 3; i++)
        light[i] = (int32_t)floored(total[i] + lacking * light[i] + seen / 2, seen);
}

/* The next run of pixels from run->stop to before `end` that are wanted and lie in one
   triangle; wanted[0] is said of pixel `left`. */
static int next_run(const Job *job, const uint8_t *wanted, int64_t left, const int32_t *owner,
                    int64_t end, Run *run)
{
    int64_t x = run->stop;
    while (x < end && !wanted[x - left]) x++;
    if (x >= end) return 0;
    run->x = x;
    run->triangle = owner[x] < 0 ? job->mesh.count - 1 : owner[x];
    const int32_t here = owner[x];
    while (x < end && wanted[x - left] && owner[x] == here) x++;
    run->stop = x;
    return 1;
}

static void draw_opening(const Job *job, const Opening *opening, const uint8_t *where,
                         const int32_t *owner, int64_t y, Row *row)
{
    const int64_t left = opening->left;
    const uint8_t *parts = opening->parts + (y - opening->top) * opening->width;
    Run run = {.stop = left, .y = y};
    while (next_run(job, parts, left, owner, left + opening->width, &run)) {
        light_along(job, &opening->layer, &run, row, row->inside);
        for (int64_t x = run.x; x < run.stop; x++) {
            int32_t *inside = row->inside + CHANNELS * (x - run.x), *out = row->light + CHANNELS * x;
            if (!where[x]) continue;
            if (opening->balls) show_ball(job, opening, x, y, inside);
            const int64_t part = parts[x - left];
            for (int i = 0; i < 3; i++)
                out[i] = (int32_t)((inside[i] * part + out[i] * (PARTS - part) + PARTS / 2) >> 6);
        }
    }
}

void light_row(const Job *job, const uint8_t *where, const int32_t *owner, int64_t width,
               int64_t y, Row *row)
{
    Run run = {.y = y};
    while (next_run(job, where, 0, owner, width, &run))
        light_along(job, &job->whole, &run, row, row->light + CHANNELS * run.x);
    for (Py_ssize_t i = 0; i < job->openings_count; i++) {
        const Opening *opening = job->openings + i;
        if (y >= opening->top && y < opening->top + opening->height)
            draw_opening(job, opening, where, owner, y, row);
    }
}
