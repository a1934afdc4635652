"""What the dialplan itself says to callers when this program cannot."""

from ivr.ports import Voice
from ivr.speech.prompt_render import Sound, render_sounds
from ivr.telephony.private_asterisk import AsteriskPlan

FALLBACK_TEXT = "抱歉,系统暂时遇到问题,正在为您转接人工服务,请稍候。"
GOODBYE_TEXT = "抱歉,现在没有空闲的客服人员,请您稍后再拨。再见。"


async def write_sounds(plan: AsteriskPlan, voice: Voice) -> None:
    """Write fallback.wav and goodbye.wav where this Asterisk looks for them.

    Raises:
        VoiceError: if the voice cannot speak.
    """
    folder = plan.sounds_folder
    sounds = [
        Sound(folder / "fallback.wav", FALLBACK_TEXT, "zh"),
        Sound(folder / "goodbye.wav", GOODBYE_TEXT, "zh"),
    ]
    await render_sounds(voice, sounds)
