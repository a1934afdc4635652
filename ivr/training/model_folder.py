"""Writes the whole model folder as the stock Vosk wheel loads it."""

from collections.abc import Sequence
from pathlib import Path

from ivr.training.acoustic_model import Dials, write_acoustic_model
from ivr.training.features import MFCC_CONF
from ivr.training.graph import GraphCosts, write_graph
from ivr.training.learning import Trained
from ivr.training.lexicon import Lexicon
from ivr.training.openfst import OpenFst

MODEL_CONF = """--min-active=200
--max-active=3000
--beam=10.0
--lattice-beam=2.0
--acoustic-scale=0.3
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=1.0
--endpoint.rule4.min-trailing-silence=2.0
"""


def write_model(
    folder: Path,
    trained: Trained,
    lexicon: Lexicon,
    ranks: Sequence[str],
    tools: OpenFst,
    dials: Dials | None = None,
    costs: GraphCosts | None = None,
) -> None:
    """Write every file of the model but its card."""
    write_acoustic_model(folder / "am" / "final.mdl", trained, dials or Dials())
    write_graph(folder / "graph", lexicon, ranks, costs or GraphCosts(), tools)
    (folder / "conf").mkdir(parents=True, exist_ok=True)
    (folder / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    (folder / "conf" / "model.conf").write_text(MODEL_CONF)
