"""Privacy: nothing in a set shows or names an infant but the stimuli.

Looks at every file of the folder, hidden ones too, into its zips, and at the pictures inside its
texts; files that are stimuli by their hash are looked at once.  Imports no NumPy.  May import
`errors`, `files.archives`, `files.sets`, `study` and `validate`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from morphkit.errors import Finding, SetError
from morphkit.files.nested import Item, unpacked
from morphkit.files.trees import unsafe
from morphkit.study.manifest import MANIFEST, Source, StimulusSet
from morphkit.study.names import check_identity
from morphkit.validate.carried import carried, picture_kind
from morphkit.validate.checks import CHECKSUMS, PACKAGES, STIMULI
from morphkit.validate.findings import Evidence
from morphkit.validate.rules import finding
from morphkit.validate.traces import (
    ADDRESS,
    addresses,
    embedded,
    from_root,
    readable,
    traces,
    without_pictures,
)

NEUTRAL = frozenset(
    (
        *("adult", "all", "average", "baby", "both", "boy", "child", "composite", "control"),
        *("example", "face", "female", "girl", "group", "infant", "kid", "male", "mean"),
        *("median", "model", "neonate", "newborn", "norm", "person", "prototype", "sample"),
        *("subject", "synthetic", "target", "template", "test", "toddler"),
    )
)
"""Words for identities that name nobody."""


DECLARED = ("source", "licence", "consent_scope")
"""What is declared for a photo in words of one's own."""

THUMBNAILS = "thumbs.db"


@dataclass(frozen=True, slots=True)
class _Known:
    """What may be met in a set.

    `sources` are hashes and what they are of, `stimuli` and `packed` hashes of files that
    belong there, `addresses` e-mail addresses that a source or a licence declares.
    """

    sources: dict[str, str]
    stimuli: frozenset[str]
    packed: frozenset[str]
    addresses: frozenset[str]


def check_identities(evidence: Evidence) -> Iterator[Finding]:
    """MK755: an identity of letters only may be a name, but not a prototype's or a plain word."""
    prototypes = {one.name for one in evidence.block.prototypes}
    first: dict[str, int] = {}
    for number, source in enumerate(evidence.block.sources):
        first.setdefault(source.identity, number)
    for identity, number in first.items():
        if identity not in prototypes and _like_a_name(identity):
            text = f"the identity {identity!r} may be an infant's own name."
            place = f"morphkit.sources.{number}.identity"
            yield finding("MK755", text, file=MANIFEST, pointer=place)


def check_declared(evidence: Evidence) -> Iterator[Finding]:
    """MK754: what is declared for a photo is copied into every package."""
    yield from declared_places(evidence.block.sources)


def declared_places(sources: Sequence[Source]) -> Iterator[Finding]:
    """Yield MK754 for each place from the root on that is declared, where it stands first.

    What `traces` finds in any text is left to it.
    """
    met: set[str] = set()
    for number, source in enumerate(sources):
        for field in DECLARED:
            text = getattr(source, field) or ""
            if text not in met and from_root(text) and not any(traces(text, MANIFEST)):
                place = f"morphkit.sources.{number}.{field}"
                said = f"the declared {field} names a place on a disk."
                yield finding("MK754", said, file=MANIFEST, pointer=place)
            met.add(text)


def _like_a_name(identity: str) -> bool:
    """Whether it has three letters or more, a vowel among them, and nothing else."""
    letters = re.fullmatch("[a-z]{3,}", identity) and re.search("[aeiouy]", identity)
    return bool(letters) and identity not in NEUTRAL and check_identity(identity) is None


def check_contents(evidence: Evidence) -> Iterator[Finding]:
    """MK751…MK754 and MK756: what lies in the set besides its stimuli, and inside its files."""
    known = _known(evidence.set, _packed(evidence))
    images = {row.image_file for row in evidence.set.stimuli}
    named = images | {one.path for one in evidence.set.manifest.resources}
    for path in sorted(evidence.listing | evidence.unseen):
        if unsafe(path):
            continue  # `name_faults` has said so
        digest = evidence.sha256(path)
        if digest in known.sources:
            yield _source(path, "", known.sources[digest])
        elif not digest and path not in named:
            yield from _unread(evidence, path)
        elif digest and path not in images and digest not in known.stimuli:
            yield from _inside(path, _read(evidence, path), known)


def _unread(evidence: Evidence, path: str) -> Iterator[Finding]:
    """MK606: a link that leads out of the set would take along what it leads to."""
    try:
        evidence.set.read(path)
    except SetError as fault:
        yield from fault.findings


def leaks(
    stimulus_set: StimulusSet, *, templates: bool = False
) -> Callable[[str, bytes], Iterator[Finding]]:
    """Return what looks at the files of a package as they are made: MK751, MK753, MK754, MK756.

    Pictures that are no stimuli, as masks are, belong to packages.

    Parameters
    ----------
    stimulus_set : StimulusSet
    templates : bool
        Whether the templates of the photos belong to the package, too.
    """
    known = _known(stimulus_set, frozenset())
    if templates:
        for one in stimulus_set.manifest.morphkit.sources:
            known.sources.pop(one.template_sha256, None)

    def look(path: str, data: bytes) -> Iterator[Finding]:
        return (found for found in _inside(path, data, known) if found.code != "MK752")

    return look


def _known(stimulus_set: StimulusSet, packed: frozenset[str]) -> _Known:
    sources: dict[str, str] = {}
    said: list[str] = []
    for one in stimulus_set.manifest.morphkit.sources:
        called = f"{one.identity} {one.expression}"
        sources[one.template_sha256] = f"the template of {called}"
        sources[one.sha256] = f"the photo {called}"
        said += [one.source or "", one.licence or ""]
    return _Known(
        sources,
        frozenset(row.sha256 for row in stimulus_set.stimuli),
        packed,
        frozenset(addresses("\n".join(said))),
    )


def _packed(evidence: Evidence) -> frozenset[str]:
    """Return the hashes of what packages list of their own files."""
    packed: set[str] = set()
    for path in evidence.listing:
        if path.startswith(f"{PACKAGES}/") and path.endswith(f"/{CHECKSUMS}"):
            packed |= _listed(_read(evidence, path))
    return frozenset(packed)


def _listed(checksums: bytes) -> set[str]:
    """Return the hashes that a package lists of its own files."""
    lines = checksums.decode("utf-8", "replace").splitlines()
    return {line.partition("  ")[0] for line in lines}


def _read(evidence: Evidence, path: str) -> bytes:
    try:
        return evidence.set.read(path)
    except SetError:
        return b""


def _inside(path: str, data: bytes, known: _Known) -> Iterator[Finding]:
    """Look at a file and what is in it; of a zip, its list of checksums may come last."""
    packed, pictures = set(known.packed), dict[str, tuple[str, str]]()
    if path.rpartition("/")[2].lower() == THUMBNAILS:
        yield finding("MK752", "Windows keeps small copies of pictures in this file.", file=path)
    for item in unpacked(data):
        digest = hashlib.sha256(item.data).hexdigest()
        if item.fault:
            yield finding("MK756", f"{item.fault}.", file=path, pointer=item.inside)
        elif digest in known.sources:
            yield _source(path, item.inside, known.sources[digest])
        elif digest in known.stimuli:
            continue
        elif kind := picture_kind(item.data):
            pictures[item.inside] = digest, kind
            yield from _carries(path, item.inside, item.data)
        else:
            yield from _text(path, item, known)
        if item.inside.rpartition("/")[2] == CHECKSUMS:
            packed |= _listed(item.data)
    for inside, (digest, kind) in pictures.items():
        if digest not in packed and not path.startswith(STIMULI):  # those have MK682
            text = f"this is a picture ({kind}) that is no stimulus."
            yield finding("MK752", text, file=path, pointer=inside)


def _text(path: str, item: Item, known: _Known) -> Iterator[Finding]:
    text = readable(item.data)
    if text is None:
        return
    for number, content in enumerate(embedded(text), start=1):
        place = f"{item.inside}#picture {number}"
        digest = hashlib.sha256(content).hexdigest()
        if digest in known.sources:
            yield _source(path, place, known.sources[digest])
        if picture_kind(content):
            yield from _carries(path, place, content)
    for trace in traces(without_pictures(text), item.inside or path, known.addresses):
        # what was found is not repeated: findings go into reports
        more = f", {trace.count} times" if trace.count > 1 else ""
        found = finding(
            "MK754",
            f"the text names {trace.what}{more}.",
            file=path,
            pointer=item.inside,
            line=None if item.inside else trace.line,
        )
        yield replace(found, severity="warning" if trace.what == ADDRESS else "error")


def _carries(path: str, place: str, data: bytes) -> Iterator[Finding]:
    extra = carried(data)
    if extra:
        text = f"the picture carries {'; '.join(extra)}."
        yield finding("MK751", text, file=path, pointer=place)


def _source(path: str, place: str, called: str) -> Finding:
    return finding("MK753", f"this is {called}, byte for byte.", file=path, pointer=place)
