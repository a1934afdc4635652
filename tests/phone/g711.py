"""G.711 in numpy tables: 16-bit PCM to mu-law or A-law and back (ITU-T G.711)."""

from enum import Enum

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

MU_BIAS = 132
MU_CLIP = 32635
A_SEGMENT_ENDS = np.array([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF], dtype=np.int64)


def _mu_encode_table() -> npt.NDArray[np.uint8]:
    # Indexed by the sample's bit pattern, so that a view as uint16 is the index.
    pcm = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)
    sign = np.where(pcm < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(pcm), MU_CLIP) + MU_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    code = ~(sign | exponent << 4 | mantissa) & 0xFF
    return np.asarray(code, dtype=np.uint8)


def _mu_decode_table() -> Samples:
    code = ~np.arange(256, dtype=np.int64) & 0xFF
    magnitude = (((code & 0x0F) << 3) + MU_BIAS << (code >> 4 & 7)) - MU_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _a_encode_table() -> npt.NDArray[np.uint8]:
    pcm = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64) >> 3
    # The code's even bits are inverted on the line (G.711, table 1a, note 2).
    mask = np.where(pcm >= 0, 0xD5, 0x55)
    magnitude = np.where(pcm >= 0, pcm, -pcm - 1)
    segment = np.searchsorted(A_SEGMENT_ENDS, magnitude)
    mantissa = (magnitude >> np.maximum(segment, 1)) & 0x0F
    return ((segment << 4 | mantissa) ^ mask).astype(np.uint8)


def _a_decode_table() -> Samples:
    code = np.arange(256, dtype=np.int64) ^ 0x55
    segment = code >> 4 & 7
    step = ((code & 0x0F) << 4) + 8
    magnitude = np.where(segment == 0, step, step + 0x100 << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


class Law(Enum):
    """A companding law; the value is its static RTP payload type (RFC 3551, table 4)."""

    MU = 0
    A = 8

    @property
    def encoding(self) -> str:
        """Its name in SDP."""
        return "PCMU" if self is Law.MU else "PCMA"


_ENCODE = {Law.MU: _mu_encode_table(), Law.A: _a_encode_table()}
_DECODE = {Law.MU: _mu_decode_table(), Law.A: _a_decode_table()}


def encode(samples: Samples, law: Law) -> bytes:
    """One byte a sample."""
    return _ENCODE[law][samples.view(np.uint16)].tobytes()


def decode(payload: bytes, law: Law) -> Samples:
    """The samples of an RTP payload."""
    return _DECODE[law][np.frombuffer(payload, dtype=np.uint8)]
