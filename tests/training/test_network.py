from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is a build extra")

import torch

from ivr.errors import ModelError
from ivr.training.acoustic_model import Dials, _config, _folded, _with_scaled_input, kaldi_priors
from ivr.training.batches import BATCH, CHUNK, CONTEXT, SUBSAMPLING, one_pass
from ivr.training.clips import Clip, save
from ivr.training.features import CEPSTRA
from ivr.training.learning import Trained, Trainer, train
from ivr.training.network import LEFT, SPLICE, STRIDE, Layer, Network
from ivr.training.phones import GARBAGE_PDF, INDEX, PHONES, SILENCE


def test_batches_bring_as_much_context_as_the_network_needs() -> None:
    assert (CONTEXT, SUBSAMPLING) == (LEFT, STRIDE)
    scores = Network(8)(torch.zeros(2, CHUNK + 2 * CONTEXT, CEPSTRA))
    assert scores.shape == (2, CHUNK // STRIDE, len(PHONES))
    assert torch.allclose(scores.exp().sum(dim=2), torch.ones(2, CHUNK // STRIDE), atol=1e-4)


def test_an_output_sees_its_own_context_and_nothing_else() -> None:
    torch.manual_seed(1)
    network = Network(8).eval()
    features = torch.randn(1, 30 + 2 * LEFT, CEPSTRA)
    before = network(features)
    features[:, 15 + 2 * LEFT + 1 :] += 1.0  # beyond the right context of output 5
    after = network(features)
    assert torch.equal(before[:, :6], after[:, :6])
    assert not torch.equal(before, after)


def test_folding_normalisation_into_the_affine_changes_nothing() -> None:
    torch.manual_seed(2)
    layer = Layer(5, 4)
    layer.train()
    for _ in range(5):
        layer(torch.randn(1, 50, 5) * 3 + 1)
    layer.eval()
    x = torch.randn(1, 7, 5)
    weights, bias = _folded(layer)
    ours = np.maximum(x.numpy()[0] @ weights.T + bias, 0)
    assert np.allclose(ours, layer(x).detach().numpy()[0], atol=1e-5)


def test_scaling_of_features_moves_into_the_first_affine() -> None:
    network = Network(3)
    network.mean += torch.arange(CEPSTRA)
    network.scale *= 2.0
    spliced = np.random.default_rng(0).normal(size=CEPSTRA * (2 * SPLICE + 1))
    weights = np.random.default_rng(1).normal(size=(3, len(spliced)))
    scaled = (spliced - np.tile(np.arange(CEPSTRA), 2 * SPLICE + 1)) * 2.0
    moved, bias = _with_scaled_input(weights, np.zeros(3), network)
    assert np.allclose(moved @ spliced + bias, weights @ scaled)


def test_dials_turn_the_priors() -> None:
    flat = np.full(len(PHONES), 1 / len(PHONES))
    dials = Dials(handicap=2.0, silence_prior=0.5, english=1.0, digits=1.5)
    priors = kaldi_priors(flat, dials)
    assert len(priors) == GARBAGE_PDF + 1
    assert priors[GARBAGE_PDF] == pytest.approx(np.exp(2.0))
    assert priors[INDEX[SILENCE]] == 0.5
    assert priors[INDEX["en:T"]] / priors[INDEX["zh:t"]] == pytest.approx(np.exp(-1.0))
    assert priors[INDEX["en:two.1"]] / priors[INDEX["zh:t"]] == pytest.approx(np.exp(-1.5))


def test_the_config_names_every_component_once() -> None:
    lines, count = _config()
    names = [line.split("component=")[1].split()[0] for line in lines if "component=" in line]
    assert len(names) == len(set(names)) == count
    assert lines[-1] == "output-node name=output input=Append(log_softmax, best) objective=linear"


def test_too_few_clips_to_fill_a_batch_are_an_error(tmp_path: Path) -> None:
    save(
        [Clip(np.zeros(4000, np.int16), "x", (("zh:a1",),), "flite", "x", (("zh:a1", 0.0),))],
        tmp_path / "few.npz",
    )
    with pytest.raises(ModelError, match="too few clips"):
        train(Network(4), [tmp_path / "few.npz"], [1.0], 5, 1, print)


def test_training_learns_two_sounds_apart(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    time = np.arange(4000) / 8000
    clips = []
    for phone, hertz in (("zh:a1", 500.0), ("zh:s", 2500.0)):
        tone = 8000 * np.sin(2 * np.pi * hertz * time) + random.normal(0, 200, 4000)
        spans = ((phone, 0.0),)
        clips += [Clip(tone.astype(np.int16), phone, ((phone,),), "flite", "x", spans)] * 60
    trainer = Trainer(Network(16), rate=5e-3, steps=60, seed=1)
    rights = []
    for seed in range(20):
        for features, labels in one_pass(clips, [3.0] * len(clips), seed):
            assert features.shape == (BATCH, CHUNK + 2 * CONTEXT, CEPSTRA)
            right = trainer.step(torch.from_numpy(features), torch.from_numpy(labels))[1]
            rights.append(right)
        if len(rights) >= 5 and rights[-1] > 0.85:
            break
    assert rights[0] < 0.5
    assert rights[-1] > 0.8
    trained = Trained(trainer.network, trainer.counts)
    trained.save(tmp_path / "t.pt")
    again = Trained.load(tmp_path / "t.pt")
    assert np.array_equal(again.counts, trained.counts)
    assert again.priors.sum() == pytest.approx(1.0)


def test_a_network_of_other_phones_is_refused(tmp_path: Path) -> None:
    Trained(Network(4), np.zeros(len(PHONES) - 1)).save(tmp_path / "old.pt")
    with pytest.raises(ModelError, match="another set of phones"):
        Trained.load(tmp_path / "old.pt")
