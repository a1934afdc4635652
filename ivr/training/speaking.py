"""eSpeak NG in a process of its own, which may crash or hang on a text and is then started anew."""

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType

from ivr.training.espeak import Espeak, Spoken, Style

ANSWER_SECONDS = 20.0
"""A text that takes longer has hung the library; it is skipped."""


class SpeakingProcess:
    """Use as a context manager; `failures` counts the texts that were lost."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self.failures = 0

    def __enter__(self) -> "SpeakingProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def speak(self, text: str, style: Style) -> Spoken | None:
        """Speak one text, or give None if the library crashed, hung, or lacks the voice."""
        pipe = self._pipe or self._start()
        try:
            pipe.send((text, style))
            if pipe.poll(ANSWER_SECONDS):
                answer = pipe.recv()
                if isinstance(answer, Spoken):
                    return answer
                self.failures += 1
                return None
        except (EOFError, OSError):
            pass
        self.failures += 1
        self.close()
        return None

    def close(self) -> None:
        """End the process; a later `speak` starts another."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._pipe = self._process = None

    def _start(self) -> Connection:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self._pipe


def _serve(pipe: Connection) -> None:
    library = Espeak()
    while True:
        try:
            text, style = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            pipe.send(library.speak(text, style))
        except ValueError as error:
            pipe.send(str(error))
