"""What every package carries: methods, rights and consent, checksums.

Knows how to say in plain words what the manifest holds, and leaves out what it does not hold.
Knows no front end.  May import `study` and `package.scale_sentences`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from morphkit.package.scale_sentences import scale_references, scale_sentences
from morphkit.study.entries import (
    ContinuumEntry,
    MixtureEntry,
    PrototypeEntry,
    TransformEntry,
)
from morphkit.study.manifest import Manifest, Source, StimulusSet

METHODS, CITATION = "methods.txt", "CITATION"
RIGHTS = "licence_and_consent.txt"
CHECKSUMS, OVERRIDE = "checksums.sha256", "override.txt"

ROWLAND = (
    "Rowland, D. A., & Perrett, D. I. (1995). Manipulating facial appearance through shape and "
    "color. IEEE Computer Graphics and Applications, 15(5), 70–76. "
    "https://doi.org/10.1109/38.403830"
)
TIDDEMAN = (
    "Tiddeman, B., Burt, M., & Perrett, D. (2001). Prototyping and transforming facial textures "
    "for perception research. IEEE Computer Graphics and Applications, 21(5), 42–50. "
    "https://doi.org/10.1109/38.946630"
)
RIGHTS_FIELDS = (
    "source",
    "licence",
    "derivatives_allowed",
    "publish_allowed",
    "consent_scope",
    "consent_until",
)
UNDECLARED = "undeclared"


def methods(stimulus_set: StimulusSet, presented: str = "", references: Sequence[str] = ()) -> str:
    """Return ``methods.txt``: a paragraph with the numbers of the manifest, and references.

    Parameters
    ----------
    stimulus_set : StimulusSet
    presented : str
        Sentences on how the front end shows the stimuli.
    references : sequence of str
        Of the front end.
    """
    manifest = stimulus_set.manifest
    block = manifest.morphkit
    sentences = [
        _stimuli_sentence(stimulus_set),
        _sources_sentence(manifest),
        *(_prototype_sentence(entry) for entry in block.prototypes),
        *(_continuum_sentence(entry) for entry in block.continua),
        *(_transform_sentence(entry) for entry in block.transforms),
        *(_mixture_sentence(entry) for entry in block.mixtures),
        *_engine_sentences(manifest),
        _label_sentence(block.label),
        *scale_sentences(stimulus_set),
        presented,
    ]
    return (
        "Methods\n\n"
        + " ".join(sentence for sentence in sentences if sentence)
        + "\n\nReferences\n\n"
        + "".join(f"{reference}\n" for reference in _cited(stimulus_set, references))
    )


def citation(stimulus_set: StimulusSet, references: Sequence[str] = ()) -> str:
    """Return ``CITATION``: what a paper that uses the package should cite.

    Parameters
    ----------
    stimulus_set : StimulusSet
    references : sequence of str
        Of the front end.
    """
    sources = dict.fromkeys(
        f"{one.source} ({one.licence or 'licence undeclared'})"
        for one in stimulus_set.manifest.morphkit.sources
        if one.source
    )
    photos = ["", "The photographs", "", *sources] if sources else []
    lines = ["If you use these stimuli, please cite:", "", *_cited(stimulus_set, references)]
    return "\n".join([*lines, *photos]) + "\n"


def _cited(stimulus_set: StimulusSet, references: Sequence[str]) -> list[str]:
    block = stimulus_set.manifest.morphkit
    cited = [software(block.engine.version), ROWLAND]
    if block.engine.options.get("texture") == "restore":
        cited.append(TIDDEMAN)
    return [*cited, *scale_references(stimulus_set), *references]


def software(version: str) -> str:
    """Return how to cite morphkit itself."""
    return f"morphkit, version {version} [computer software]."


def rights(manifest: Manifest) -> str:
    """Return ``licence_and_consent.txt``: what was declared for each source photo.

    A field that nobody declared says "undeclared"; a consent without a last day has none.
    Photographs of which the same was declared share a paragraph.
    """
    sources = manifest.morphkit.sources
    told = [tuple(declared(source, name) for name in RIGHTS_FIELDS) for source in sources]
    unclear = sum(UNDECLARED in one for one in told)
    lines = [
        "Licence and consent",
        "",
        "The images in this package were made from the photographs below. What is written here",
        "is what was declared for them; morphkit copies it and does not check it.",
    ]
    if unclear:
        lines += [
            "",
            f"{unclear} of {len(sources)} photographs have something undeclared. Undeclared does",
            "not mean free: ask whoever gave you the photographs before you use or pass on this",
            "package.",
        ]
    if not sources:
        lines += ["", "The manifest names no photographs, so all of this is undeclared."]
    for terms in dict.fromkeys(told):
        alike = [source for source, one in zip(sources, told, strict=True) if one == terms]
        names = ", ".join(f"{source.identity} {source.expression}" for source in alike)
        lines += ["", *textwrap.wrap(names, 92, break_long_words=False, break_on_hyphens=False)]
        pairs = zip(RIGHTS_FIELDS, terms, strict=True)
        lines += [f"  {name}: {value}" for name, value in pairs]
    return "\n".join(lines) + "\n"


def checksums(hashes: Mapping[str, str]) -> str:
    """Return ``checksums.sha256``, as ``sha256sum -c`` reads it, for paths and their SHA-256."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def documents(stimulus_set: StimulusSet) -> Iterator[tuple[str, bytes]]:
    """Yield rights, methods and citation: what a package carries whatever the front end."""
    yield RIGHTS, rights(stimulus_set.manifest).encode()
    yield METHODS, methods(stimulus_set).encode()
    yield CITATION, citation(stimulus_set).encode()


def _stimuli_sentence(stimulus_set: StimulusSet) -> str:
    rows = stimulus_set.stimuli
    identities = list(dict.fromkeys(row.identity for row in rows))
    sizes = list(dict.fromkeys(f"{row.width_px} × {row.height_px}" for row in rows))
    return (
        f"The stimuli were {_count(len(rows), 'PNG image')} ({' and '.join(sizes)} pixels) of "
        f"{_count(len(identities), 'identity', 'identities')} ({', '.join(identities)}), made "
        f"with morphkit {stimulus_set.manifest.morphkit.engine.version}."
    )


def _sources_sentence(manifest: Manifest) -> str:
    block = manifest.morphkit
    if not block.sources:
        return ""
    reviewed = sum(source.reviewed is True for source in block.sources)
    return (
        f"They were made from {_count(len(block.sources), 'photograph')}, each delineated with "
        f"{_count(len(block.landmark_names), 'landmark')} (scheme {block.landmark_scheme}; "
        f"templates on record as reviewed: {reviewed} of {len(block.sources)})."
    )


def _continuum_sentence(entry: ContinuumEntry) -> str:
    levels = ", ".join(_number(level) for level in entry.levels)
    midpoint = f", midpoint: {entry.midpoint}" if entry.midpoint else ""
    own = ", of each identity its own, here their means" if entry.own_levels else ""
    return (
        f"Continuum {entry.name} ({entry.path} path, {' to '.join(entry.expressions)}{midpoint}) "
        f"had {_count(len(entry.levels), 'level')}{own}: {levels}."
    )


def _prototype_sentence(entry: PrototypeEntry) -> str:
    mirrored = ", each photograph also mirrored" if entry.symmetric else ""
    return f"Prototype {entry.name} was the mean of {', '.join(entry.identities)}{mirrored}."


def _transform_sentence(entry: TransformEntry) -> str:
    whose = (
        "each one's own difference"
        if entry.group is None
        else f"the mean difference of {', '.join(entry.group)}"
    )
    parts = [name for name in ("shape", "colour", "texture") if getattr(entry.apply, name)]
    only = "" if len(parts) == 3 else f", in {' and '.join(parts)} only"
    amounts = ", ".join(_number(amount) for amount in entry.amounts)
    return (
        f"Transform {entry.name} added {whose} between {entry.source} and {entry.to} to the "
        f"{entry.base} face of {', '.join(entry.identities)}{only}, in these amounts: {amounts}."
    )


def _mixture_sentence(entry: MixtureEntry) -> str:
    frames = "; ".join(
        ", ".join(f"{name} {_number(weight)}" for name, weight in one.items())
        for one in entry.weights
    )
    return f"Mixture {entry.name} of {', '.join(entry.identities)} had these weights: {frames}."


def _engine_sentences(manifest: Manifest) -> Iterator[str]:
    block = manifest.morphkit
    canvas = _section(block.recipe, "canvas")
    if canvas:
        yield f"Canvas: {_settings(canvas)}."
    yield (
        "Shape and colour of each frame are a weighted combination of the original photographs "
        "over one mesh for the whole set "
        f"({_count(len(block.mesh.triangles), 'triangle')})."
    )
    if block.engine.options:
        yield f"Engine options: {_settings(block.engine.options)}."
    mask = _section(block.recipe, "mask")
    if mask:
        yield f"Mask: {_settings(mask)}."


def _label_sentence(label: str | None) -> str:
    return {
        None: "",
        "nominal": "Levels are positions along the physical morph path; neither their physical "
        "nor their perceived spacing is certified (label: nominal).",
        "physically checked": "Levels are positions along the physical morph path, whose "
        "physical spacing was checked; they are not calibrated to perception "
        "(label: physically checked).",
        "perceptually calibrated": "The levels were calibrated to observers' responses "
        "(label: perceptually calibrated).",
    }[label]


def declared(source: Source, name: str) -> str:
    """Return a field of a photograph's rights as papers print it, on one line."""
    value = " ".join(str(getattr(source, name) or "").split())
    return value or ("no last day declared" if name == "consent_until" else UNDECLARED)


def _section(recipe: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = recipe.get(name)
    return section if isinstance(section, Mapping) else {}


def _settings(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in sorted(values.items())
        if value is not None and not isinstance(value, Mapping | list)
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float) -> str:
    """Return a number with a true minus sign and at most four decimals."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
