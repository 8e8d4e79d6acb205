"""A triangulation that changes by edge flips.

Kept as half-edges: ``(i, j) -> k`` says that (i, j, k) is a triangle, positively oriented
in the points it was made from.  Knows nothing of faces.  May import `engine.align` (for the
grid).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from morphkit.engine.align import GRID
from morphkit.faces.face import FloatArray

Triangle = tuple[int, int, int]
Edge = tuple[int, int]
Penalty = Callable[[Sequence[Triangle]], Sequence[int]]
Cost = Callable[[int, int, int], int]


class Topology:
    """The Delaunay triangulation of (V, 2) `points` on the landmark grid, ready to be changed.

    Orientation and circles are decided in whole numbers, and of four points on one circle
    the lowest gets the edge, so that every machine finds the same triangles.
    """

    def __init__(self, points: FloatArray) -> None:
        self._xy: list[tuple[int, int]] = [
            (round(x * GRID), round(y * GRID)) for x, y in points.tolist()
        ]
        self._apex: dict[Edge, int] = {}
        self._fixed: set[Edge] = set()
        self._sweep()

    def triangles(self) -> list[Triangle]:
        """Return the triangles, each from its smallest corner, sorted."""
        found = {min((i, j, k), (j, k, i), (k, i, j)) for (i, j), k in self._apex.items()}
        return sorted(found)

    def insert_edge(self, i: int, j: int) -> bool:
        """Make (i, j) an edge and keep it (Sloan 1993, doi 10.1016/0045-7949(93)90239-A).

        Returns False, changing nothing that matters, when a kept edge or a point is in the way.
        """
        if i == j:
            return False
        waiting = [] if self._has(i, j) else self._crossing(i, j)
        if any(_key(edge) in self._fixed for edge in waiting):
            return False
        patience = 20 * len(waiting) + 20
        while waiting and patience:
            patience -= 1
            u, v = waiting.pop(0)
            k, m = self._apex[u, v], self._apex[v, u]
            if not self._convex(u, v):
                waiting.append((u, v))
                continue
            self._flip(u, v)
            if self._crosses(i, j, k, m):
                waiting.append((k, m))
        if not self._has(i, j):
            return False
        self._fixed.add(_key((i, j)))
        return True

    def release(self) -> None:
        """Keep no edge any longer."""
        self._fixed.clear()

    def flip_down(self, penalty: Penalty) -> int:
        """Flip free edges while that lowers the sum of penalties; return what remains.

        Takes the best flip at a penalised triangle, or, where no flip helps, the best two.
        """
        known: dict[Triangle, int] = {}

        def cost(i: int, j: int, k: int) -> int:
            corners = min((i, j, k), (j, k, i), (k, i, j))
            if corners not in known:
                (known[corners],) = penalty([corners])
            return known[corners]

        while True:
            new = [corners for corners in self.triangles() if corners not in known]
            known.update(zip(new, penalty(new), strict=True))
            bad = [corners for corners in self.triangles() if cost(*corners) > 0]
            for count in (1, 2):
                found = [self._best_flips(cost, set(corners), count) for corners in bad]
                change, flips = min(found, default=(0, []))
                if change < 0:
                    break
            else:
                return sum(cost(*corners) for corners in bad)
            for edge in flips:
                self._flip(*edge)

    def _best_flips(self, cost: Cost, zone: set[int], count: int) -> tuple[int, list[Edge]]:
        """Return the best change by up to `count` flips of edges at some points, and the flips."""
        best: tuple[int, list[Edge]] = (0, [])
        for u, v in sorted({_key(edge) for edge in self._apex if edge[0] in zone}):
            if (u, v) in self._fixed or not self._convex(u, v):
                continue
            a, b = self._apex[u, v], self._apex[v, u]
            change = cost(u, b, a) + cost(b, v, a) - cost(u, v, a) - cost(v, u, b)
            flips = [(u, v)]
            if count > 1:
                self._flip(u, v)
                more, rest = self._best_flips(cost, zone, count - 1)
                self._flip(a, b)
                change, flips = change + more, flips + rest
            if change < best[0]:
                best = change, flips
        return best

    def _sweep(self) -> None:
        """Add the points from left to right, each to what it sees of the hull.

        Of several at one place, the first is a corner.
        """
        places = {self._xy[i]: i for i in reversed(range(len(self._xy)))}
        order = [places[place] for place in sorted(places)]
        turns = (self._cross(order[0], order[1], corner) for corner in order[2:])
        count, turn = next(((i, turn) for i, turn in enumerate(turns, start=2) if turn), (0, 0))
        line, last = order[:count][:: 1 if turn > 0 else -1], order[count]
        for i, j in pairwise(line):
            self._add(i, j, last)
        ring = [*line, last]
        after = dict(zip(ring, [*ring[1:], ring[0]], strict=True))
        before = {j: i for i, j in after.items()}
        for new in order[count + 1 :]:
            one = other = last  # the rightmost so far, so the new one sees an edge beside it
            seen = []
            while self._cross(one, after[one], new) < 0:
                seen.append((after[one], one))
                one = after[one]
            while self._cross(before[other], other, new) < 0:
                seen.append((other, before[other]))
                other = before[other]
            for i, j in seen:
                self._add(i, j, new)
            after[other], after[new], before[one], before[new] = new, one, new, other
            self._settle(seen)
            last = new

    def _settle(self, edges: Iterable[Edge]) -> None:
        """Flip around some edges until every circle is empty; where four share one, the lowest
        of them gets the edge.
        """
        waiting = sorted(_key(edge) for edge in edges)
        while waiting:
            u, v = waiting.pop()
            if self._convex(u, v):
                a, b = self._apex[u, v], self._apex[v, u]
                inside = self._in_circle(u, v, a, b)
                if inside > 0 or (inside == 0 and min(a, b) < min(u, v)):
                    self._flip(u, v)
                    waiting += [_key(edge) for edge in ((u, a), (u, b), (v, a), (v, b))]

    def _in_circle(self, i: int, j: int, k: int, other: int) -> int:
        """Positive when `other` lies inside the circle through a triangle."""
        x, y = self._xy[other]
        near = [self._xy[corner] for corner in (i, j, k)]
        (ax, ay), (bx, by), (cx, cy) = [(px - x, py - y) for px, py in near]
        return (
            (ax * ax + ay * ay) * (bx * cy - cx * by)
            + (bx * bx + by * by) * (cx * ay - ax * cy)
            + (cx * cx + cy * cy) * (ax * by - bx * ay)
        )

    def _has(self, i: int, j: int) -> bool:
        return (i, j) in self._apex or (j, i) in self._apex

    def _add(self, i: int, j: int, k: int) -> None:
        self._apex[i, j], self._apex[j, k], self._apex[k, i] = k, i, j

    def _flip(self, u: int, v: int) -> None:
        a, b = self._apex.pop((u, v)), self._apex.pop((v, u))
        self._add(u, b, a)
        self._add(b, v, a)

    def _cross(self, i: int, j: int, k: int) -> int:
        (ax, ay), (bx, by), (cx, cy) = self._xy[i], self._xy[j], self._xy[k]
        return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

    def _convex(self, u: int, v: int) -> bool:
        """Whether the two triangles at an edge may swap it for the other diagonal."""
        if (u, v) not in self._apex or (v, u) not in self._apex:
            return False
        a, b = self._apex[u, v], self._apex[v, u]
        return self._cross(u, b, a) > 0 and self._cross(b, v, a) > 0

    def _crosses(self, i: int, j: int, u: int, v: int) -> bool:
        if {i, j} & {u, v}:
            return False
        one = self._cross(i, j, u) * self._cross(i, j, v)
        other = self._cross(u, v, i) * self._cross(u, v, j)
        return one < 0 and other < 0

    def _crossing(self, i: int, j: int) -> list[Edge]:
        side = [self._cross(i, j, k) for k in range(len(self._xy))]
        apart = {_key((u, v)) for u, v in self._apex if side[u] * side[v] < 0}
        return [(u, v) for u, v in sorted(apart) if self._crosses(i, j, u, v)]


def _key(edge: Edge) -> Edge:
    return (min(edge), max(edge))
