"""Qualtrics: Loop & Merge tables, and the question that shows a face.

Knows how a block is repeated over a table of fields, and how a question names a field.  Written
to the documented format; there is nothing here to load it into.  May import `errors`, `study`
and the rest of `package`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from morphkit.errors import Finding, UsageError
from morphkit.package.limits import refuse_unable
from morphkit.package.notes import dealt, length_note
from morphkit.package.papers import form, pictures, task_papers
from morphkit.package.session import Session
from morphkit.package.sheets import IMAGE_NAME, facts, list_file, sheet
from morphkit.package.steps import answers_of
from morphkit.package.words import ends, instructions, question
from morphkit.study.manifest import Manifest, StimulusSet
from morphkit.study.table import TABLE, stimuli_csv

ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%-]+)*/?")
FIRST = ("stimulus_id", "image_url", "width_px", "height_px")
"""Fields 1 to 4: those that the question uses."""

FIELD = "${{lm://Field/{}}}"


def export(
    stimulus_set: StimulusSet, session: Session, image_url: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Qualtrics Loop & Merge tables, the question to paste, and images to upload.

    Parameters
    ----------
    stimulus_set : StimulusSet
        A set that `refusals` has nothing against.
    session : Session
    image_url : str
        Address of the folder that will hold the images; by default the cells are left empty.

    Yields
    ------
    (str, bytes)

    Raises
    ------
    UsageError
        MK831 for an address that is none.
    """
    refuse_unable(session.task, "qualtrics")
    return _files(stimulus_set, session, _base(image_url))


def _files(stimulus_set: StimulusSet, session: Session, base: str) -> Iterator[tuple[str, bytes]]:
    manifest = stimulus_set.manifest
    loops = [_loops(session, number, base) for number in range(1, len(session.lists) + 1)]
    header = list(dict.fromkeys(["loop", *FIRST, *loops[0][0]]))
    yield from task_papers(
        "qualtrics",
        "Qualtrics (Provo, UT)",
        stimulus_set,
        session,
        data="answers.csv",
        before="",
        FIELDS=_fields(header[1:]),
        URLS="They are filled in." if base else form("qualtrics/urls.txt", {}).rstrip(),
        CHOICES=_choices(session),
        LISTS=dealt(session, "A Randomizer of Qualtrics"),
        LENGTH=length_note(session, paced=False),
    )
    yield TABLE, stimuli_csv(session.stimuli).encode()
    for number, rows in enumerate(loops, start=1):
        yield f"loop_merge/{list_file(number)}.csv", sheet(header, rows)
    yield "question.html", form("qualtrics/question.html", _question(session, manifest)).encode()
    yield "question.js", form("qualtrics/question.js", {"ID": FIELD.format(1)}).encode()
    yield "instructions.txt", _told(session, manifest).encode()
    yield from pictures(stimulus_set, session)


def _base(address: str) -> str:
    if address and not ADDRESS.fullmatch(address):
        raise UsageError(
            Finding(
                "MK831",
                f"image_url is {address[:200]!r}: that is no address of a folder.",
                pointer="image_url",
                suggestion="Write an address that begins with https:// and holds no blanks, such "
                "as https://example.org/faces/, or leave it out.",
            )
        )
    return f"{address.rstrip('/')}/" if address else ""


def _loops(session: Session, number: int, base: str) -> list[dict[str, object]]:
    known = facts(session)
    return [
        {
            "loop": place,
            **known[one.row],
            "image_url": f"{base}{known[one.row][IMAGE_NAME]}" if base else "",
            "list": number,
            "trial": place,
            "phase": one.phase,
            "block": one.block,
        }
        for place, one in enumerate(session.lists[number - 1], start=1)
    ]


def _question(session: Session, manifest: Manifest) -> Mapping[str, str]:
    fields = {name.upper(): FIELD.format(place) for place, name in enumerate(FIRST, start=1)}
    return {"QUESTION": html.escape(question(session, manifest)), **fields}


def _fields(names: Sequence[str]) -> str:
    return "\n  ".join(f"Field {place:<3} {name}" for place, name in enumerate(names, start=1))


def _choices(session: Session) -> str:
    return "\n     ".join(a.label for a in answers_of(session, 1))


def _told(session: Session, manifest: Manifest) -> str:
    """Return the instructions without keys: here answers are clicked."""
    low, high = ends(manifest)
    keys = [line for line in instructions(session, manifest) if line.startswith("Press ")]
    rating = [f"Choose a number from {session.answers[0][0].key} ({low}) to "
              f"{session.answers[0][-1].key} ({high})."]  # fmt: skip
    lines = [
        "You will see pictures of infants' faces, one at a time.",
        *(line for line in instructions(session, manifest)[1:] if line not in keys),
    ]
    lines[2:2] = rating if session.asks == "rating" else []
    return "\n\n".join(lines) + "\n"
