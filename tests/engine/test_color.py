"""The tables between screen codes and linear light."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from morphkit.engine.color import WHITE, decode_table, encode_table, grey, linear_tables

CODES = np.arange(256)


@pytest.mark.parametrize("light", ["linear", "srgb"])
def test_encoding_undoes_decoding(light: str) -> None:
    assert np.array_equal(encode_table(light)[decode_table(light)], CODES)


@pytest.mark.parametrize("light", ["linear", "srgb"])
def test_tables_rise_from_black_to_white(light: str) -> None:
    decode, encode = decode_table(light), encode_table(light)
    assert (np.diff(decode.astype(int)) > 0).all()
    assert (np.diff(encode.astype(int)) >= 0).all()
    assert (decode[0], decode[255], encode[0], encode[WHITE]) == (0, WHITE, 0, 255)


@pytest.mark.parametrize(
    ("code", "light"),
    [
        (1, 10),  # 1/255 / 12.92 · 32767 = 9.95
        (10, 99),  # 10/255 / 12.92 · 32767 = 99.46
        (11, 110),  # ((11/255 + 0.055) / 1.055)^2.4 = 0.0033465
        (128, 7073),  # 0.2158605
        (188, 16478),  # 0.502886
    ],
)
def test_linear_light_of_a_code(code: int, light: int) -> None:
    assert decode_table("linear")[code] == light


@pytest.mark.parametrize(
    ("light", "code"),
    [
        (9, 1),  # 12.92 · 9/32767 · 255 = 0.905
        (4, 0),  # 0.402
        (5, 1),  # 0.503
        (16384, 188),  # half the light: 1.055 · 0.5^(1/2.4) − 0.055 = 0.735357 → 187.52
        (32766, 255),
    ],
)
def test_code_of_a_light(light: int, code: int) -> None:
    assert encode_table("linear")[light] == code


def linear(code: float) -> float:
    """IEC 61966-2-1, as it is written there."""
    return code / 12.92 if code <= 0.04045 else ((code + 0.055) / 1.055) ** 2.4


def encoded(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def rounded(curve: Callable[[float], float], top: int, count: int) -> list[int]:
    return [round(top * curve(value / (count - 1))) for value in range(count)]


def test_every_entry_is_the_formulas() -> None:
    assert decode_table("linear").tolist() == rounded(linear, WHITE, 256)
    assert encode_table("linear").tolist() == rounded(encoded, 255, WHITE + 1)
    assert decode_table("srgb").tolist() == rounded(float, WHITE, 256)
    assert encode_table("srgb").tolist() == rounded(float, 255, WHITE + 1)
    there, back = linear_tables("srgb")
    assert there.tolist() == rounded(linear, WHITE, WHITE + 1)
    assert back.tolist() == rounded(encoded, WHITE, WHITE + 1)
    assert all(table.tolist() == list(range(WHITE + 1)) for table in linear_tables("linear"))


def test_srgb_light_is_the_code_scaled() -> None:
    assert decode_table("srgb")[51] == 6553  # 0.2 · 32767 = 6553.4
    assert encode_table("srgb")[16384] == 128  # 127.502
    assert encode_table("srgb")[16383] == 127  # 127.496


def test_grey_is_the_light_of_its_code() -> None:
    assert grey(0.5, "linear") == 7073  # round half to even: 127.5 → 128
    assert grey(0.0, "linear") == 0
    assert grey(1.0, "srgb") == WHITE


def test_no_entry_hangs_on_the_last_digits_of_a_power() -> None:
    """A library's ``**`` may be off by some 1e-15; the nearest tie is far further away.

    The 254 borders between codes are c + ½; mapped to light, none lies near a whole number.
    """
    borders = [(2 * code + 1) / 510 for code in range(255)]
    light = [WHITE * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in borders]
    assert min(abs(value - round(value)) for value in light) > 1e-6
    values = [value / WHITE for value in range(WHITE + 1)]
    for curve in (linear, encoded):
        assert min(abs(WHITE * curve(v) - int(WHITE * curve(v)) - 0.5) for v in values) > 5e-8
    codes = [code / 255 for code in range(256)]
    light = [WHITE * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in codes]
    assert min(abs(value - int(value) - 0.5) for value in light) > 1e-6
    exact = [Fraction(WHITE * code, 255) for code in range(256)]
    assert all(decode_table("srgb")[code] == round(exact[code]) for code in range(256))


def test_tables_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        decode_table("linear")[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        encode_table("linear")[0] = 1
