"""VoskModel: one model folder, checked, loaded once and shared by all threads."""

import logging
import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.audio.frames import SAMPLE_RATE
from ivr.errors import ModelError
from ivr.speech.lexicon import Lexicon
from ivr.speech.vosk_decoder import VoskDecoder
from ivr.speech.vosk_grammar import CompiledGrammar, compile_grammar
from ivr.speech.words_file import read_words

if TYPE_CHECKING:
    from vosk import KaldiRecognizer, Model

NEEDED_FILES = ("am/final.mdl", "conf/mfcc.conf", "graph/phones/word_boundary.int")
GRAPHS = (("graph/HCLr.fst", "graph/Gr.fst"), ("graph/HCLG.fst",))
"""Run-time grammars need the first pair; with only the second, Vosk ignores them."""

MODEL_RATES = (8000, 16000)
MAX_CONF_BYTES = 64 * 1024
MAX_GRAMMARS_KEPT = 256

_log = logging.getLogger(__name__)
_RATE = re.compile(r"^\s*--sample-frequency\s*=\s*([0-9]{1,6})(?:\.0*)?\s*(?:#.*)?$", re.MULTILINE)
_KALDI_DEFAULT_RATE = 16000


class VoskModel:
    """A folder as alphacephei.com publishes them, or as `ivr models build` makes.

    Making one reads nothing; each method reads what it needs, once. All may be called from any
    thread; `load` and whatever needs it take from 30 ms to several seconds the first time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._model: Model | None = None
        self._lexicon: Lexicon | None = None
        self._rate = 0
        self._grammars: OrderedDict[tuple[str, tuple[str, ...]], CompiledGrammar] = OrderedDict()

    def check(self) -> None:
        """Look whether this can be a model at all.

        Raises:
            ModelError: if the folder or a file that Vosk needs is absent.
        """
        if not self.folder.is_dir():
            raise ModelError(
                f"{self.folder}: there is no speech model here;"
                " see `ivr models list`, then `ivr models install NAME`"
            )
        missing = [name for name in NEEDED_FILES if not (self.folder / name).is_file()]
        if not any(all((self.folder / name).is_file() for name in graph) for graph in GRAPHS):
            missing.append("graph/HCLr.fst and graph/Gr.fst")
        if missing:
            raise ModelError(
                f"{self.folder}: not a whole Vosk model, {', '.join(missing)} missing;"
                " install it again with `ivr models install NAME`"
            )

    @property
    def sample_rate(self) -> int:
        """The rate in Hz it was trained for, from conf/mfcc.conf. Raises ModelError."""
        with self._lock:
            if not self._rate:
                self._rate = _read_rate(self.folder / "conf" / "mfcc.conf")
            return self._rate

    def load(self) -> "Model":
        """Vosk's own object, loaded by the first to ask. Raises ModelError."""
        with self._lock:
            if self._model is None:
                self.check()
                _ = self.sample_rate
                import vosk  # loads the engine: 25 MB that a validator or a console never needs

                vosk.SetLogLevel(-1)
                try:
                    self._model = vosk.Model(str(self.folder))
                except Exception as error:  # Vosk raises nothing narrower
                    raise ModelError(
                        f"{self.folder}: Vosk cannot load this model ({error});"
                        " check it with `ivr models verify`"
                    ) from error
            return self._model

    @property
    def lexicon(self) -> Lexicon:
        """Its words: from words.txt, else from the loaded model. Raises ModelError.

        The small published models keep their words within Gr.fst only.
        """
        with self._lock:
            if self._lexicon is None:
                self.check()
                words = self.folder / "graph" / "words.txt"
                if words.is_file():
                    self._lexicon = Lexicon.of(read_words(words))
                else:
                    model = self.load()
                    self._lexicon = Lexicon(lambda word: model.vosk_model_find_word(word) >= 0)
            return self._lexicon

    def grammar(self, language: str, phrases: tuple[str, ...]) -> CompiledGrammar:
        """The grammar of these phrases; the latest are remembered. Raises ModelError."""
        key = (language, phrases)
        with self._lock:
            if key in self._grammars:
                self._grammars.move_to_end(key)
                return self._grammars[key]
            compiled = compile_grammar(self.lexicon, language, phrases)
            self._grammars[key] = compiled
            if len(self._grammars) > MAX_GRAMMARS_KEPT:
                self._grammars.popitem(last=False)
        if compiled.missing:
            names = " ".join(compiled.missing[:20])
            _log.warning("%s cannot hear: %s (see `ivr grammar check`)", self.folder.name, names)
        return compiled

    def decoder(
        self, language: str, phrases: tuple[str, ...], *, alternatives: bool = False
    ) -> VoskDecoder:
        """A recogniser for one turn of telephone speech; no phrases means open dictation.

        Raises:
            ModelError: if the model cannot be used, or hears nothing of these phrases.
        """
        first = self._recogniser(language, phrases)
        second = self._recogniser(language, phrases) if alternatives else None
        return VoskDecoder(first, SAMPLE_RATE, self.sample_rate, second)

    def _recogniser(self, language: str, phrases: tuple[str, ...]) -> "KaldiRecognizer":
        model, rate = self.load(), self.sample_rate
        import vosk

        if not phrases:
            return vosk.KaldiRecognizer(model, rate)
        return vosk.KaldiRecognizer(model, rate, self.grammar(language, phrases).text)


def _read_rate(path: Path) -> int:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_CONF_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror or error});"
            " see `ivr models list`, then `ivr models install NAME`"
        ) from error
    found = _RATE.findall(text)
    rate = int(found[-1]) if found else _KALDI_DEFAULT_RATE
    if rate not in MODEL_RATES:
        raise ModelError(f"{path}: a model for {rate} Hz; only 8000 and 16000 Hz are used")
    return rate
