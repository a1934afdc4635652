"""The online voice: Microsoft Edge's reading service through edge-tts, for pre-rendering."""

import asyncio
import contextlib
import io
from collections.abc import Mapping
from types import MappingProxyType

import aiohttp
import edge_tts
import numpy as np
import numpy.typing as npt
import soundfile
from edge_tts.exceptions import EdgeTTSException

from ivr.errors import VoiceError
from ivr.speech.conditioning import telephone_pcm
from ivr.speech.spoken_text import is_mandarin, spoken_text

CONNECT_SECONDS = 5
TOTAL_SECONDS = 30.0
MAX_MP3 = 4 << 20
"""Eleven minutes at the service's 48 kbit/s: anything larger is not a prompt."""

VOICES: Mapping[str, str] = MappingProxyType(
    {"zh": "zh-CN-XiaoxiaoNeural", "en": "en-US-JennyNeural"}
)

_RATE = "-5%"


class EdgeVoice:
    """A `Voice` over the network; nothing a caller waits for may depend on it.

    `voices` maps "zh" and "en" to the service's voice names. `total_seconds` bounds a request
    from its first byte to its last.
    """

    def __init__(
        self, voices: Mapping[str, str] = VOICES, *, total_seconds: float = TOTAL_SECONDS
    ) -> None:
        self._voices = voices
        self._total_seconds = total_seconds

    @property
    def name(self) -> str:
        chosen = ",".join(self._voices[language] for language in sorted(self._voices))
        return f"edge-1:{chosen}:{_RATE}"

    async def speak(self, text: str, language: str) -> bytes:
        """See `ivr.ports.Voice`. Text without anything to say gives no PCM."""
        said = spoken_text(text, language)
        if not any(char.isalnum() for char in said):
            return b""
        try:
            async with asyncio.timeout(self._total_seconds):
                mp3 = await self._fetch(said, "zh" if is_mandarin(language) else "en")
        except TimeoutError as error:
            raise VoiceError(
                f"the online voice did not answer within {self._total_seconds:g} s"
            ) from error
        except aiohttp.WSServerHandshakeError as error:
            raise VoiceError(f"the online voice refused us (HTTP {error.status})") from error
        except (aiohttp.ClientError, EdgeTTSException, OSError) as error:
            raise VoiceError(f"the online voice failed ({type(error).__name__})") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # edge-tts takes the service's messages apart without checking them first.
            raise VoiceError("the online voice sent a message nobody understands") from error
        return await asyncio.to_thread(_decode, mp3)

    async def _fetch(self, text: str, language: str) -> bytes:
        request = edge_tts.Communicate(
            text,
            self._voices[language],
            rate=_RATE,
            connect_timeout=CONNECT_SECONDS,
            receive_timeout=max(1, round(self._total_seconds)),
        )
        mp3 = bytearray()
        async with contextlib.aclosing(request.stream()) as messages:
            async for message in messages:
                mp3 += message["data"] if message["type"] == "audio" else b""
                if len(mp3) > MAX_MP3:
                    raise VoiceError("the online voice sent more sound than any prompt has")
        # edge-tts takes a closed connection for the end; it counts only what a turn.end closed.
        if request.state["cumulative_audio_bytes"] != len(mp3):
            raise VoiceError("the online voice broke off in the middle of a prompt")
        return bytes(mp3)


def _decode(mp3: bytes) -> bytes:
    samples: npt.NDArray[np.float64]
    try:
        samples, rate = soundfile.read(io.BytesIO(mp3), dtype="float64", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise VoiceError("the online voice sent sound that cannot be decoded") from error
    return telephone_pcm(samples.mean(axis=1), rate)
