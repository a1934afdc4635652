"""Writes the decoding graph: `HCLr.fst`, `Gr.fst`, `words.txt` and what stands beside them.

HCL is a loop: silence, garbage, or a phone prefix tree whose leaves give a word and come back.
Arcs come in Kaldi's reordered form, the forward transition into a state and the self-loop on it.
Homophones share their phones and differ only in one last arc each, which keeps 15,000 words small.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.training.kaldi_objects import forward, self_loop
from ivr.training.lexicon import Lexicon
from ivr.training.openfst import Arc, OpenFst, text_of
from ivr.training.phones import GARBAGE, SILENCE, KaldiPhone, kaldi_phones, positioned
from ivr.training.vocabulary_lists import UNKNOWN

LOOP = 0
SHORTEST_GARBAGE = 8
"""Frames of 30 ms that [unk] lasts at least."""
EPSILON_WORD = "<eps>"
_HALF = 0.6931  # -log(1/2): what a self-loop, or leaving, costs


@dataclass(frozen=True, slots=True)
class GraphCosts:
    """Costs in the graph, as negative log-probabilities: of any word, of [unk], of silence."""

    word: float = 1.0
    unknown: float = 1.0
    silence: float = 0.0


class _Tree:
    """Collects the arcs of HCL while words are added."""

    def __init__(self) -> None:
        self.phones: dict[tuple[str, str], KaldiPhone] = {
            (phone.name, phone.position): phone for phone in kaldi_phones()
        }
        self.arcs: list[Arc] = []
        self._next = LOOP + 1
        self._children: dict[tuple[int, int], int] = {}
        self._leaves: set[tuple[int, int]] = set()

    def enter(self, source: int, phone: KaldiPhone, cost: float = 0.0, stay: bool = True) -> int:
        """The state of `phone` after `source`; made at the first call."""
        key = (source, phone.identity)
        if key not in self._children:
            state = self._children[key] = self._next
            self._next += 1
            self.arcs.append(Arc(source, state, forward(phone), 0, cost))
            if stay:
                self.arcs.append(Arc(state, state, self_loop(phone), 0, _HALF))
        return self._children[key]

    def add(self, pronunciation: Sequence[str], word: int, cost: float) -> None:
        """One way to say a word; what two words share is shared."""
        state = LOOP
        for name, position in positioned(pronunciation):
            state = self.enter(state, self.phones[name, position])
        if (state, word) not in self._leaves:
            self._leaves.add((state, word))
            self.arcs.append(Arc(state, LOOP, 0, word, cost))


def hcl_arcs(lexicon: Lexicon, numbers: Mapping[str, int], costs: GraphCosts) -> list[Arc]:
    """Every arc of HCL; its start and only final state is LOOP."""
    tree = _Tree()
    silence = tree.enter(LOOP, tree.phones[SILENCE, "nonword"], costs.silence)
    tree.arcs.append(Arc(silence, LOOP, 0, 0))
    state = LOOP
    for index, (name, position) in enumerate(positioned([GARBAGE] * SHORTEST_GARBAGE)):
        phone = tree.phones[name, position]
        state = tree.enter(state, phone, stay=index == SHORTEST_GARBAGE - 1)
    tree.arcs.append(Arc(state, LOOP, 0, numbers[UNKNOWN], costs.unknown))
    for word, ways in lexicon.items():
        for way in ways:
            tree.add(way, numbers[word], costs.word)
    return tree.arcs


def unigram_arcs(ranks: Sequence[str], numbers: Mapping[str, int]) -> list[Arc]:
    """Open dictation: any word at any time, as likely as its rank says (Zipf's law)."""
    weights = [1.0 / (rank + 30.0) for rank in range(len(ranks))]
    total = sum(weights)
    return [
        Arc(0, 0, numbers[word], numbers[word], -math.log(weight / total))
        for word, weight in zip(ranks, weights, strict=True)
    ]


def write_graph(
    folder: Path, lexicon: Lexicon, ranks: Sequence[str], costs: GraphCosts, tools: OpenFst
) -> None:
    """Write `graph/` of the model; `ranks` lists the lexicon's words, commonest first."""
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    words = [EPSILON_WORD, UNKNOWN, *ranks]
    numbers = {word: number for number, word in enumerate(words)}
    pairs = folder / "relabel.txt"
    _write_hcl(folder / "HCLr.fst", text_of(hcl_arcs(lexicon, numbers, costs), LOOP), pairs, tools)
    relabelled = _read_pairs(pairs)
    grammar = tools.run("fstcompile", data=text_of(unigram_arcs(ranks, numbers), 0).encode())
    grammar = tools.run(
        "fstrelabel", f"--relabel_ipairs={pairs}", f"--relabel_opairs={pairs}", data=grammar
    )
    grammar = tools.run("fstarcsort", "--sort_type=ilabel", data=grammar)
    (folder / "Gr.fst").write_bytes(tools.run("fstconvert", "--fst_type=const", data=grammar))
    pairs.unlink()
    symbols = sorted((relabelled.get(number, number), word) for word, number in numbers.items())
    lines = [f"{word} {number}" for number, word in symbols]
    (folder / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "disambig_tid.int").write_text("")
    boundaries = [f"{phone.identity} {phone.position}" for phone in kaldi_phones()]
    (folder / "phones" / "word_boundary.int").write_text("\n".join(boundaries) + "\n")


def _write_hcl(path: Path, text: str, pairs: Path, tools: OpenFst) -> None:
    compiled = tools.run("fstcompile", data=text.encode())
    sorted_fst = tools.run("fstarcsort", "--sort_type=olabel", data=compiled)
    path.write_bytes(
        tools.run(
            "fstconvert",
            "--fst_type=olabel_lookahead",
            f"--save_relabel_opairs={pairs}",
            data=sorted_fst,
        )
    )


def _read_pairs(path: Path) -> dict[int, int]:
    pairs = (line.split() for line in path.read_text().splitlines())
    return {int(old): int(new) for old, new in pairs}
