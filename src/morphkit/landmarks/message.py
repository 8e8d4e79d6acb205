"""What travels between morphkit and its landmark process: one line of JSON, then raw arrays.

No pickle: whatever arrives is numbers and texts.  May import NumPy.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def send(stream: IO[bytes], values: dict[str, Any], arrays: Sequence[Array] = ()) -> None:
    """Write one message."""
    shapes = [[array.dtype.str, list(array.shape)] for array in arrays]
    stream.write(json.dumps({"values": values, "arrays": shapes}).encode() + b"\n")
    for array in arrays:
        stream.write(np.ascontiguousarray(array).data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[Array]]:
    """Read one message.

    Raises
    ------
    EOFError
        When the other side has closed, also in the middle of a message.
    """
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    head = json.loads(line)
    return head["values"], [_array(stream, kind, shape) for kind, shape in head["arrays"]]


def _array(stream: IO[bytes], kind: str, shape: list[int]) -> Array:
    size = np.dtype(kind).itemsize * math.prod(shape)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return np.frombuffer(data, kind).reshape(shape)
