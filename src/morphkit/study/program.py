"""The program of a set: who is in which operation, with every ``all`` spelt out.

A recipe says ``all``; who that is, only the faces tell.  Knows names; no photo.  May import
`errors` and `study`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from morphkit.errors import Finding
from morphkit.study import levels
from morphkit.study.agreement import like_an_infant
from morphkit.study.calibrated import OnScale, Placed
from morphkit.study.continuum import Continuum
from morphkit.study.entries import (
    Applied,
    ContinuumEntry,
    MixtureEntry,
    PrototypeEntry,
    TransformEntry,
)
from morphkit.study.recipe import Recipe
from morphkit.study.yaml import Place, pointer


@dataclass(frozen=True, slots=True)
class Need:
    """A face that an operation needs: whose, which, and where the recipe says so."""

    identity: str
    expression: str
    place: Place


@dataclass(frozen=True, slots=True)
class Program:
    """Who is in what.

    Parameters
    ----------
    prototypes, continua, transforms, mixtures : tuple of entries
        As the manifest keeps them.
    """

    prototypes: tuple[PrototypeEntry, ...]
    continua: tuple[ContinuumEntry, ...]
    transforms: tuple[TransformEntry, ...]
    mixtures: tuple[MixtureEntry, ...]

    def members(self, identity: str) -> tuple[str, ...]:
        """Return the infants of a prototype; of an infant, itself."""
        found = next((one.identities for one in self.prototypes if one.name == identity), None)
        return (identity,) if found is None else tuple(found)

    def symmetric(self, identity: str) -> bool:
        """Whether an identity is a symmetric prototype."""
        return any(one.symmetric for one in self.prototypes if one.name == identity)

    def needs(self) -> Iterator[Need]:
        """Yield every photo that the program needs, some of them more than once."""
        for i, one in enumerate(self.continua):
            yield from self._needs(one.identities, one.expressions, ("continua", i))
        for i, move in enumerate(self.transforms):
            place = ("transforms", i)
            own = move.expressions if move.group is None else [move.base]
            yield from self._needs(move.identities, own, place)
            yield from self._needs(move.group or [], [move.source, move.to], place, "group")
        for i, mixture in enumerate(self.mixtures):
            yield from self._needs(mixture.identities, mixture.expressions, ("mixtures", i))

    def paths(self) -> list[tuple[str, ...]]:
        """Return lists of expressions of which neighbours are mixed within an infant."""
        return [
            *(tuple(entry.expressions) for entry in self.continua),
            *(
                move.expressions if move.group is None else (move.source, move.to)
                for move in self.transforms
            ),
            *(mixture.expressions for mixture in self.mixtures),
        ]

    def _needs(
        self,
        identities: Sequence[str],
        expressions: Sequence[str],
        place: tuple[str, int],
        key: str = "identities",
    ) -> Iterator[Need]:
        means = {one.name: i for i, one in enumerate(self.prototypes)}
        for identity in identities:
            where: Place = (*place, key)
            if identity in means:
                where = ("prototypes", means[identity], "identities")
            for infant in self.members(identity):
                yield from (Need(infant, name, where) for name in expressions)


def resolve(recipe: Recipe, infants: Sequence[str], left_out: Collection[str] = ()) -> Program:
    """Return the program of a recipe.

    Parameters
    ----------
    recipe : Recipe
    infants : sequence of str
        Those that the faces show.
    left_out : collection of str
        Infants that must not enter anything, because of their faults.
    """
    own = list(infants if recipe.identities == "all" else recipe.identities)
    means = [one.name for one in recipe.prototypes]

    def who(wish: str | Sequence[str], everyone: Sequence[str]) -> list[str]:
        return [i for i in (everyone if wish == "all" else wish) if i not in left_out]

    everyone = [*own, *means]
    return Program(
        tuple(
            PrototypeEntry.model_construct(
                name=one.name, identities=who(one.identities, own), symmetric=one.symmetric
            )
            for one in recipe.prototypes
        ),
        tuple(
            ContinuumEntry(
                name=entry.name,
                path=entry.path,
                midpoint=levels.midpoint(entry.path, nominal(entry)),
                expressions=list(entry.expressions),
                levels=list(nominal(entry)),
                identities=who(entry.identities, everyone),
            )
            for entry in recipe.continua
        ),
        tuple(
            TransformEntry(
                name=one.name,
                identities=who(one.identities, everyone),
                base=one.base,
                to=one.to,
                group=None if one.group == "own" else who(one.group, own),
                amounts=list(one.amounts),
                apply=Applied(**one.apply.model_dump()),
                **{"from": one.from_},
            )
            for one in recipe.transforms
        ),
        tuple(
            MixtureEntry(
                name=one.name,
                identities=who(one.identities, everyone),
                weights=[dict(weights) for weights in one.weights],
            )
            for one in recipe.mixtures
        ),
    )


def nominal(entry: Continuum) -> tuple[float, ...]:
    """Return the levels of a continuum as far as its recipe says them.

    Of levels that a scale chooses, evenly spread ones that are as many.
    """
    spec = entry.levels
    if not isinstance(spec, OnScale):
        return levels.levels(spec, entry.path)
    count = len(spec.p_happy)
    return levels.levels(count, entry.path) if count > 1 else (0.0,)


def respaced(program: Program, placed: Mapping[str, Placed]) -> Program:
    """Return a program whose continua, those that are named, have other levels."""

    def moved(entry: ContinuumEntry) -> ContinuumEntry:
        there = placed.get(entry.name)
        if there is None:
            return entry
        own = {who: list(at) for who, at in there.own.items() if who in entry.identities}
        kinds = {levels.midpoint(entry.path, at) for at in own.values() or [there.levels]}
        change = {"levels": list(there.levels), "own_levels": own}
        midpoint = kinds.pop() if len(kinds) == 1 else None
        return entry.model_copy(update=change | {"midpoint": midpoint})

    return replace(program, continua=tuple(moved(entry) for entry in program.continua))


def program_faults(program: Program, infants: Collection[str]) -> list[tuple[Place, Finding]]:
    """Return MK921 for means over fewer than two infants, MK922 for prototypes called like one."""
    faults: list[tuple[Place, Finding]] = []
    for i, one in enumerate(program.prototypes):
        if one.name in infants:
            code, message, place, remedy = like_an_infant(one.name, ("prototypes", i, "name"))
            found = Finding(code, message, pointer=pointer(place), suggestion=remedy)
            faults.append((place, found))
        faults += _few(one.identities, one.name, ("prototypes", i, "identities"))
    for i, move in enumerate(program.transforms):
        if move.group is not None:
            faults += _few(move.group, f"the group of {move.name}", ("transforms", i, "group"))
    return faults


def _few(infants: Sequence[str], called: str, place: Place) -> list[tuple[Place, Finding]]:
    if len(infants) >= 2:
        return []
    found = Finding(
        "MK921",
        f"{called} would be a mean over {len(infants)} infant(s).",
        pointer=pointer(place),
        measured=float(len(infants)),
        limit=2.0,
        suggestion="Add faces; a mean is over at least two infants.",
    )
    return [(place, found)]
