"""``python -m morphkit``."""

from morphkit.cli import main

main()
