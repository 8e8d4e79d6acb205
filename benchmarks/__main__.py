"""The command line: `python -m benchmarks truth | real | flows | figure | speed | growth | …`."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from benchmarks.cases import INFANTS, REAL, SHARED

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> int:
    """Run one benchmark."""
    asked = _parser().parse_args()
    if "folder" in asked and not asked.folder.is_dir():
        print(f"{asked.folder} is not here: nothing to measure.")
        return 4
    return int(asked.run(asked))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    truth = commands.add_parser("truth", help="frames against rendered in-betweens, and peers")
    _folder(truth, "--infants", INFANTS, "folder of <infant>/truth/<path>/level<NN>.png")
    truth.add_argument("--ends", choices=["truth", "main"], default="truth", help="what is morphed")
    truth.add_argument("--canvas", choices=["truth", "default"], default="truth", help="scale")
    truth.add_argument("--csv", type=Path, metavar="FILE", help="write one line a frame")
    truth.add_argument("--from-csv", type=Path, metavar="FILE", help="measure nothing: read it")
    truth.add_argument("--only", metavar="NAME", help="only infants whose name holds this")
    truth.set_defaults(run=_truth)
    real = commands.add_parser("real", help="photographs of one person, without truth")
    _folder(real, "--faces", REAL, "folder of real faces")
    real.set_defaults(run=_real)
    flows = commands.add_parser("flows", help="our flow against two of scikit-image")
    _folder(flows, "--infants", INFANTS, "as above")
    flows.set_defaults(run=_flows)
    refinement = commands.add_parser("refinement", help="draft landmarks before and after")
    _folder(refinement, "--shared", SHARED, "folder of synthetic_infants and real_faces")
    refinement.set_defaults(run=_refinement)
    figure = commands.add_parser("figure", help="the middle, before and after: docs/middle.png")
    _folder(figure, "--infants", INFANTS, "as above")
    figure.add_argument("--out", type=Path, default=DOCS / "middle.png", metavar="FILE")
    figure.set_defaults(run=_figure)
    study = commands.add_parser("calibration", help="what calibration recovers of the truth")
    study.add_argument("--studies", type=int, default=500, metavar="N", help="of each cell")
    study.add_argument("--quick", action="store_true", help="only show that it runs")
    study.set_defaults(run=_calibration)
    costs = [
        commands.add_parser("speed", help="what is asked of speed, and peers: half an hour"),
        commands.add_parser("growth", help="time by pixels, landmarks, frames, sources, workers"),
        commands.add_parser("png", help="encoders of PNG"),
        commands.add_parser("cost", help="many machines"),
        commands.add_parser("gate", help="what validation finds, says of real sets, and takes"),
        commands.add_parser("landmarks", help="what is found of a face, and how far off"),
        commands.add_parser("delineation", help="photos that are delineated in a second"),
        commands.add_parser("packages", help="packages of 500 stimuli for every front end"),
    ]
    for command in costs:
        command.add_argument("--quick", action="store_true", help="only show that it runs")
        command.set_defaults(run=_cost, part=command.prog.split()[-1])
    for command in (truth, real, flows, refinement, study, *costs):
        command.add_argument(
            "--docs", type=Path, metavar="FILE", help="put the table into this page of docs"
        )
    return parser


def _folder(command: argparse.ArgumentParser, name: str, default: Path, text: str) -> None:
    command.add_argument(name, dest="folder", type=Path, default=default, metavar="DIR", help=text)


def _truth(asked: argparse.Namespace) -> int:
    from benchmarks import cases, methods, page, peers, table, truth  # noqa: PLC0415

    others, missing = peers.peers()
    for line in missing:
        print(line)
    if asked.from_csv:
        rows = truth.read_csv(asked.from_csv)
    else:
        found = cases.cases(asked.folder, main=asked.ends == "main")
        chosen = (case for case in found if (asked.only or "") in case.infant)
        rows = page.shown(truth.measure(chosen, [*others, *methods.OURS], asked.canvas))
    if asked.csv:
        truth.write_csv(rows, asked.csv)
    title = f"truth-{asked.ends}-ends-{asked.canvas}-canvas"
    return page.put(title, table.summary(rows, asked.ends, asked.canvas, missing), asked.docs)


def _real(asked: argparse.Namespace) -> int:
    from benchmarks import page, real  # noqa: PLC0415

    return page.put("real", real.table(asked.folder), asked.docs)


def _flows(asked: argparse.Namespace) -> int:
    from benchmarks import flows, page  # noqa: PLC0415

    return page.put("flows", flows.table(asked.folder), asked.docs)


def _refinement(asked: argparse.Namespace) -> int:
    from benchmarks import page, refinement  # noqa: PLC0415

    return page.put("refinement", refinement.table(asked.folder), asked.docs)


def _calibration(asked: argparse.Namespace) -> int:
    from benchmarks import calibration, page  # noqa: PLC0415

    return calibration.run(page.put, asked.studies, asked.docs, asked.quick)


def _cost(asked: argparse.Namespace) -> int:
    """Run a benchmark of speed: the module of its name has a `table`."""
    from benchmarks import page  # noqa: PLC0415

    if not Path(__file__).with_name(f"{asked.part}.py").exists():
        print(f"benchmarks/{asked.part}.py is not here: nothing to measure.")
        return 4
    measure = import_module(f"benchmarks.{asked.part}").table
    return page.put(asked.part, measure(**({"quick": True} if asked.quick else {})), asked.docs)


def _figure(asked: argparse.Namespace) -> int:
    from benchmarks import figure  # noqa: PLC0415

    return int(figure.draw(asked.folder, asked.out))


if __name__ == "__main__":
    raise SystemExit(main())
