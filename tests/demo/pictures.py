"""What the demonstration leaves behind: the stereo recording and the picture of the call."""

from pathlib import Path

import numpy as np
import soundfile

from ivr.cli.timeline import draw_timeline
from ivr.store.database import FILE_NAME
from tests.demo.call import Evidence


def keep_pictures(evidence: Evidence, folder: Path) -> list[tuple[str, Path]]:
    """Write them and give their names and paths. Call it when Asterisk has ended."""
    recording = folder / "recordings" / f"{evidence.call_id}.wav"
    sound, _ = soundfile.read(recording, dtype="int16", always_2d=True)
    caller, hotline = np.ascontiguousarray(sound[:, 0]), np.ascontiguousarray(sound[:, 1])
    records = [record for record in evidence.records if record["call"] == evidence.call_id]
    picture = folder / "timeline.svg"
    picture.write_text(
        draw_timeline(records, hotline, caller, "A call to the bank hotline"), encoding="utf-8"
    )
    return [("recording", recording), ("timeline", picture), ("record", folder / FILE_NAME)]
