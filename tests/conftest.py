"""What all tests share: no network but loopback, and where the shared test data are."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tiny_study import SHARED

# how long an example takes is the machine's affair
settings.register_profile("morphkit", deadline=None)
settings.load_profile("morphkit")

_connect, _lookup = socket.socket.connect, socket.getaddrinfo
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _only_loopback(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else address
    if self.family in (socket.AF_INET, socket.AF_INET6) and host not in _LOOPBACK:
        raise AssertionError(f"a network connection to {host} was tried")
    _connect(self, address)


def _only_local_names(host: str | bytes | None, *rest: Any, **options: Any) -> Any:
    if host is not None and host not in _LOOPBACK:
        raise AssertionError(f"the network name {host!r} was looked up")
    return _lookup(host, *rest, **options)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test fails that turns to another machine."""
    monkeypatch.setattr(socket.socket, "connect", _only_loopback)
    monkeypatch.setattr(socket, "getaddrinfo", _only_local_names)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real photographs and rendered infants; skip when it is not here."""
    if not SHARED.is_dir():
        pytest.skip("../shared (real photographs, rendered infants) is not here")
    return SHARED
