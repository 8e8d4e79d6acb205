"""The commands of landmarks: templates made, read, written and compared.

`cli` hangs them into the program.  As there, a command imports what it needs when it runs.
May import everything but `about`, `build`, `cli` and `gate`.
"""

from __future__ import annotations

from pathlib import Path

import click

from morphkit.console import say


@click.command()
@click.argument("template", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--to-scheme", metavar="NAME", help="Also convert the landmarks to this scheme.")
def convert(template: Path, out: Path, to_scheme: str | None) -> None:
    """Write TEMPLATE in another format or scheme.

    The suffix of OUT names the format: .json, .tem, .pts or .csv.

    Example:  morphkit convert i01_happy.tem i01_happy.pts --to-scheme ibug68
    """
    from morphkit import files

    for note in files.convert_template(template, out, to_scheme):
        say(note)
    click.echo(str(out))


COMMANDS = (convert,)
