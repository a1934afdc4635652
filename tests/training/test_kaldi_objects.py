import struct

import numpy as np

from ivr.training import kaldi_objects as kaldi
from ivr.training.phones import kaldi_phones


def test_a_matrix_is_stored_in_sixteen_bits_and_little_is_lost() -> None:
    weights = np.random.default_rng(0).normal(size=(5, 7))
    out = kaldi.Writer()
    out.matrix(weights)
    data = out.bytes()
    assert data.startswith(b"CM2 ")
    low, span, rows, columns = struct.unpack("<ffii", data[4:20])
    codes = np.frombuffer(data[20:], "<u2").reshape(rows, columns)
    assert (rows, columns) == weights.shape
    assert np.abs(low + span * codes / 65535 - weights).max() < span / 65535


def test_a_constant_matrix_survives() -> None:
    out = kaldi.Writer()
    out.matrix(np.ones((2, 2)))
    low, span = struct.unpack("<ff", out.bytes()[4:12])
    assert low == 1.0
    assert np.isfinite(span)


def test_numbers_carry_their_size() -> None:
    out = kaldi.Writer()
    out.integer(-1)
    out.single(0.5)
    out.double(0.5)
    assert out.bytes() == b"\4" + struct.pack("<i", -1) + b"\4" + struct.pack(
        "<f", 0.5
    ) + b"\10" + struct.pack("<d", 0.5)


def test_transition_ids_are_two_a_phone() -> None:
    first, second = kaldi_phones()[:2]
    assert [kaldi.self_loop(first), kaldi.forward(first)] == [1, 2]
    assert [kaldi.self_loop(second), kaldi.forward(second)] == [3, 4]


def test_the_transition_model_names_every_phone_once() -> None:
    out = kaldi.Writer()
    phones = kaldi_phones()[:3]
    kaldi.write_transition_model(out, phones)
    data = out.bytes()
    start = data.index(b"<Triples> ") + len(b"<Triples> ")
    numbers = struct.unpack("<" + "bi" * 10, data[start : start + 50])[1::2]
    assert numbers[0] == 3
    assert [numbers[1 + 3 * i] for i in range(3)] == [1, 2, 3]
    assert data.endswith(b"</TransitionModel> ")


def test_a_maximum_pools_all_its_inputs_into_one() -> None:
    out = kaldi.Writer()
    kaldi.write_maximum(out, "best", 7)
    tokens = out.bytes().split(b"<")[2:]
    values = {t.split(b">")[0]: struct.unpack("<i", t[-4:])[0] for t in tokens if b"Dim> " in t
              or b"Size> " in t or b"Step> " in t}  # fmt: skip
    assert values == {
        b"InputXDim": 7, b"InputYDim": 1, b"InputZDim": 1, b"PoolXSize": 7, b"PoolYSize": 1,
        b"PoolZSize": 1, b"PoolXStep": 1, b"PoolYStep": 1, b"PoolZStep": 1,
    }  # fmt: skip
