"""PromptSegment: one piece of speech a prompt is made of, blanks already filled."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PromptSegment:
    """Text to be spoken in one language.

    `recording` names a file in audio_prompts/ (without folder of the language or suffix) that wins
    over synthesis when it is there; empty for text that exists only in this call, which is also
    `private` when it holds something of the caller's.
    """

    text: str = field(metadata={"private": True})
    language: str
    recording: str = ""
    private: bool = False
