import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lab.grading.codec import (
    MAX_BITS,
    MAX_CHARS,
    CodecError,
    Error,
    Fn,
    Ref,
    TensorData,
    dumps,
    loads,
)


@st.composite
def tensors(draw: st.DrawFn) -> TensorData:
    """Tensors of up to three dimensions, empty ones too, with any float64."""
    shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
    size = math.prod(shape)
    data = draw(st.lists(st.floats(), min_size=size, max_size=size))
    return TensorData("float64", shape, tuple(data), draw(st.booleans()))


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**MAX_BITS) + 1, 2**MAX_BITS - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
)
leaves = (
    scalars | tensors() | st.builds(Ref, st.integers(0)) | st.builds(Error, st.text(), st.text())
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(scalars | st.tuples(scalars), inner)
    ),
    max_leaves=12,
)
json_trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(max_size=3), inner)
        | st.builds(
            lambda tag, rest: {"": tag, **rest},
            st.sampled_from(["float", "tuple", "dict", "tensor", "fn", "ref", "error", "other"]),
            st.dictionaries(
                st.sampled_from(
                    ["value", "items", "dtype", "shape", "data", "requires_grad", "id", "type"]
                ),
                inner,
            ),
        )
    ),
    max_leaves=12,
)


@given(values)
def test_every_value_comes_back_as_it_went(value: object) -> None:
    """What is written is read back equal, of the same types, NaN included."""
    assert repr(loads(dumps(value))) == repr(value)


@given(json_trees)
def test_any_json_is_read_or_refused_in_one_way(tree: object) -> None:
    """Whatever a hostile process answers, reading it ends in a value or in a CodecError."""
    try:
        value = loads(json.dumps(tree))
    except CodecError:
        return
    assert repr(loads(dumps(value))) == repr(value)


@given(st.text())
def test_any_text_is_read_or_refused_in_one_way(text: str) -> None:
    """Text that is not JSON is a CodecError too."""
    try:
        loads(text)
    except CodecError as error:
        assert str(error)


TENSOR_OF_60_DIMENSIONS = json.dumps(
    {"": "tensor", "dtype": "int8", "shape": [1] * 60, "data": [1], "requires_grad": False}
)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "[Infinity]",
        "1e999",
        '{"a": 1}',
        '{"": "float", "": "float"}',
        '{"": "float", "value": "1.0"}',
        '{"": "tuple", "items": [], "more": 1}',
        '{"": "ref", "id": true}',
        '{"": "dict", "items": [[[], 1]]}',
        '{"": "dict", "items": [["a", 1], ["a", 2]]}',
        '{"": "dict", "items": ["ab"]}',
        '{"": "fn", "source": "print"}',
        '{"": "tensor", "dtype": "object", "shape": [], "data": [1], "requires_grad": false}',
        '{"": "tensor", "dtype": "int64", "shape": [2], "data": [1], "requires_grad": false}',
        '{"": "tensor", "dtype": "int64", "shape": [-1], "data": [], "requires_grad": false}',
        '{"": "tensor", "dtype": "int64", "shape": [], "data": [[]], "requires_grad": false}',
        '{"": "tensor", "dtype": "int64", "shape": [1.0], "data": [1], "requires_grad": false}',
        '{"": "tensor", "dtype": "int64", "shape": [true], "data": [1], "requires_grad": false}',
        TENSOR_OF_60_DIMENSIONS,
        '{"": "tensor", "dtype": "int8", "shape": [9999999, 0], "data": [], "requires_grad": true}',
        "[" * 100 + "]" * 100,
        "[" * 400_000,
        "9" * 2_000,
        "9" * 10_000,
        '"' + "x" * MAX_CHARS + '"',
        "",
    ],
    ids=lambda text: text[:60],
)
def test_what_is_not_a_message_is_refused(text: str) -> None:
    """Each break of the format is a CodecError that says something."""
    with pytest.raises(CodecError, match=r"\w{3}"):
        loads(text)


def itself() -> list[object]:
    """Return a list that holds itself."""
    endless: list[object] = []
    endless.append(endless)
    return endless


class Liar:
    """Claims a shape that its elements do not have."""

    dtype = "float32"
    shape = (2, 2)
    requires_grad = False

    def tolist(self) -> list[float]:
        """Return four elements in one row."""
        return [1.0, 2.0, 3.0, 4.0]


class Huge(Liar):
    """Claims a shape too large to send, and must not be asked for its elements."""

    shape = (10**6, 10**6)

    def tolist(self) -> list[float]:
        """Must never run."""
        raise AssertionError("asked for 10**12 elements")


@pytest.mark.parametrize(
    "value",
    [
        object(),
        len,
        {1, 2},
        1j,
        np.array([1j]),
        np.array([None]),
        np.ndarray,
        2**MAX_BITS,
        "x" * (MAX_CHARS + 1),
        [0] * MAX_CHARS,
        [[0] * 1000] * 1000,
        itself(),
        Liar(),
        Huge(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_sent_is_refused(value: object) -> None:
    """Values outside the format, too large, too deep or inconsistent are a CodecError."""
    with pytest.raises(CodecError, match=r"\w{3}"):
        dumps(value)


def test_arrays_of_any_library_travel_as_tensors() -> None:
    """A NumPy array or scalar is a tensor that does not require grad."""
    array = np.array([[1.5, np.nan], [np.inf, -0.0]], dtype=np.float32)
    sent = loads(dumps([array, np.float64(2.0), np.zeros((3, 0), dtype=np.int64)]))
    assert sent[0].dtype == "float32"
    assert sent[0].shape == (2, 2)
    assert repr(sent[0].tolist()) == "[[1.5, nan], [inf, -0.0]]"
    assert sent[1] == TensorData("float64", (), (2.0,))
    assert sent[1].tolist() == 2.0
    assert sent[2].tolist() == [[], [], []]


@pytest.mark.needs_torch
def test_a_pytorch_tensor_travels_as_tensor() -> None:
    """A tensor of PyTorch is recognised by its looks: dtype, shape, tolist, requires_grad."""
    import torch

    tensor = torch.tensor([[1.0], [2.0]], requires_grad=True)
    assert loads(dumps(tensor)) == TensorData("float32", (2, 1), (1.0, 2.0), True)


def test_our_tensor_travels_as_tensor() -> None:
    """A tensor of this engine is recognised by the same looks."""
    from autograd_lab import tensor

    sent = loads(dumps(tensor([[1.0], [2.0]], requires_grad=True)))
    assert sent == TensorData("float32", (2, 1), (1.0, 2.0), True)


def test_other_objects_stay_where_they_are() -> None:
    """With `keep`, an object of another kind is sent as the Ref that `keep` gives."""
    kept: list[object] = []

    def keep(value: object) -> Ref:
        kept.append(value)
        return Ref(len(kept) - 1)

    assert loads(dumps([len, 1, {"f": print}], keep)) == [Ref(0), 1, {"f": Ref(1)}]
    assert kept == [len, print]


def test_revive_makes_objects_of_what_stands_for_them() -> None:
    """Functions, refs and tensors go through `revive`, also inside other values."""
    sent = dumps([Fn("abs"), (Ref(3), TensorData("int64", (1,), (7,)))])
    assert loads(sent, revive=repr) == [
        "Fn(source='abs')",
        ("Ref(id=3)", repr(TensorData("int64", (1,), (7,)))),
    ]
