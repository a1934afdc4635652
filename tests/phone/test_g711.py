"""G.711 tables against the properties that the Recommendation gives them."""

import numpy as np
import pytest

from tests.phone.g711 import Law, decode, encode

ALL = np.arange(-32768, 32768).astype(np.int16)
CODES = bytes(range(256))


@pytest.mark.parametrize(
    ("law", "code", "value"),
    [
        (Law.MU, 0xFF, 0),
        (Law.MU, 0x7F, 0),
        (Law.MU, 0x80, 32124),
        (Law.MU, 0x00, -32124),
        (Law.MU, 0xFE, 8),
        (Law.MU, 0xEF, 132),
        (Law.A, 0xD5, 8),
        (Law.A, 0x55, -8),
        (Law.A, 0xAA, 32256),
        (Law.A, 0x2A, -32256),
        (Law.A, 0xC5, 264),
    ],
)
def test_known_codes(law: Law, code: int, value: int) -> None:
    assert decode(bytes([code]), law)[0] == value


@pytest.mark.parametrize("law", list(Law))
def test_every_code_survives_decoding_and_encoding(law: Law) -> None:
    again = encode(decode(CODES, law), law)
    # mu-law has two zeros; the positive one is the code of 0.
    assert again == (CODES.replace(b"\x7f", b"\xff") if law is Law.MU else CODES)


@pytest.mark.parametrize(("law", "clip"), [(Law.MU, 32635), (Law.A, 32767)])
def test_error_is_at_most_half_a_step(law: Law, clip: int) -> None:
    wide = np.clip(ALL.astype(np.int64), -clip, clip)
    error = np.abs(decode(encode(ALL, law), law).astype(np.int64) - wide)
    # A step is 1/16 of its segment, so half of one is at most 1/32 of the magnitude.
    assert np.all(error <= np.abs(wide) / 32 + 16)


@pytest.mark.parametrize("law", list(Law))
def test_decoding_rises_with_the_sample(law: Law) -> None:
    assert np.all(np.diff(decode(encode(ALL, law), law).astype(np.int64)) >= 0)


@pytest.mark.parametrize("law", list(Law))
def test_speech_level_noise_keeps_35_db(law: Law) -> None:
    noise = np.random.default_rng(1).normal(0, 2000, 80000).astype(np.int16)
    error = decode(encode(noise, law), law).astype(float) - noise
    assert 10 * np.log10(np.mean(noise.astype(float) ** 2) / np.mean(error**2)) > 35


def test_digital_silence() -> None:
    assert encode(np.zeros(160, np.int16), Law.MU) == b"\xff" * 160
    assert encode(np.zeros(160, np.int16), Law.A) == b"\xd5" * 160
