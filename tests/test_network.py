"""Nothing leaves the computer: no command opens a connection, and the guard would see it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from morphkit.cli import main
from tiny_study import write_study


def test_the_guard_sees_a_connection() -> None:
    with socket.socket() as client, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


def test_the_guard_sees_a_name_lookup() -> None:
    with pytest.raises(AssertionError, match="example"):
        socket.getaddrinfo("example.org", 80)


def test_no_command_opens_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    study, out = write_study(tmp_path), tmp_path / "set"
    for words in (
        ["build", str(study), "--out", str(out)],
        ["validate", str(out)],
        ["package", str(out), "--for", "psychopy", "--for", "jspsych"],
        ["report", str(out)],
        ["init", str(tmp_path / "new")],
        ["cite"],
        ["doctor"],
        ["list", "exporters"],
        ["schema", "recipe"],
    ):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, (words, result.output, result.exception)
