"""From what was observed to numbers and to an intensity scale.

All infants together, and each by itself.  May import `calibrate`, `errors`, `observed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from morphkit.calibrate.scale import IntensityScale, Shown
from morphkit.errors import CalibrationError
from morphkit.observed.parts import ALL, Estimate, Fitting, Part
from morphkit.observed.rated import perceived, rated
from morphkit.observed.two_choice import two_choice
from morphkit.observed.values import Observed


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What came out.

    Parameters
    ----------
    estimates : tuple of Estimate
    doubts : tuple of str
    scale : IntensityScale
        Without `context`; not judged yet whether it rests on enough.
    """

    estimates: tuple[Estimate, ...]
    doubts: tuple[str, ...]
    scale: IntensityScale


def fitted(
    observed: Observed, fitting: Fitting, tell: Callable[[str], None] = lambda _: None
) -> Fitted:
    """Fit what was observed.

    Parameters
    ----------
    observed : Observed
    fitting : Fitting
    tell : callable
        Is told what is being fitted.

    Raises
    ------
    CalibrationError
        MK466…MK468, MK485 as the fits say; MK470 where the scale would not rise.
    """
    whole, each = _parts(observed, fitting, tell)
    stimuli = observed.stimuli
    scale = replace(
        whole.scale,
        path=observed.entry.path,
        expressions=tuple(observed.entry.expressions),
        identities={name: part.scale.pse for name, part in each.items() if part.scale.pse},
        own={name: part.scale for name, part in each.items()},
        observers=len(observed.observers),
        excluded=observed.excluded,
        pixel_sha256={row.stimulus_id: row.pixel_sha256 for row in stimuli},
        # to the last bit: the same pixels are rendered again from it
        stimuli={row.stimulus_id: Shown(row.identity, row.morph_level or 0.0) for row in stimuli},
    )
    estimates = list(whole.estimates)
    for part in each.values():
        estimates += part.estimates
    return Fitted(tuple(estimates), whole.doubts, scale)


def _parts(
    observed: Observed, fitting: Fitting, tell: Callable[[str], None]
) -> tuple[Part, Mapping[str, Part]]:
    """Return the scale of all infants, and those of each where it can be fitted."""
    if observed.task not in ("two-choice", "ratings"):
        tell(f"Fitting {ALL} …")
        return perceived(observed, fitting), {}
    one = two_choice if observed.task == "two-choice" else rated
    infants = observed.identities
    if len(infants) == 1:
        tell(f"Fitting {infants[0]} …")
        part = one(observed, "", fitting)
        return part, {infants[0]: replace(part, estimates=())}  # the same are there already
    tell(f"Fitting {ALL} …")
    whole, each, doubts = one(observed, "", fitting), {}, []
    for name in infants:
        tell(f"Fitting {name} …")
        try:
            each[name] = one(observed, name, fitting)
        except CalibrationError as error:
            doubts.append(f"{name} can't be fitted alone: {error.findings[0].message}")
            continue
        doubts += [f"{name}: {doubt}" for doubt in each[name].doubts if doubt not in whole.doubts]
    return replace(whole, doubts=(*whole.doubts, *doubts)), each
