"""The trace as data: it survives JSON, and refuses what is not a trace."""

import json
import math
import struct

import pytest

from autograd_lab.trace.model import (
    CODES,
    VERSION,
    Edge,
    Event,
    Graph,
    Node,
    Saved,
    Trace,
    Value,
    split_lines,
)

TWO = Value((2,), "float32", "[1., nan]")
FULL = Trace(
    source="%%autograd\ny = x * x  # 平方 </script>\n",
    graph=Graph(
        nodes=(
            Node(0, "leaf", "AccumulateGrad", "", "x", TWO),
            Node(
                1, "op", "MulBackward0", "mul", "", None, ("self", "other"), ("a", "b"),
                (Saved("self", TWO, 8),), 2, "x * x",
            ),
        ),
        edges=(Edge(0, 1, 0), Edge(0, 1, 1, "detach")),
    ),
    events=(
        Event("node", 1, 2, "x * x", grads_in=(TWO, None), products=(None,), grads_out=(TWO,)),
        Event("mode", text="no_grad", entered=True),
        Event("accumulate", 0, before=None, contribution=TWO, after=TWO),
    ),
    error="ValueError: no",
    truncated=3,
)  # fmt: skip


def test_round_trip() -> None:
    """A trace read back is equal to the one written, tuples and None included."""
    assert Trace.from_json(FULL.to_json()) == FULL
    assert Trace.from_json(Trace().to_json()) == Trace()


def test_version_leads() -> None:
    """The version is the first thing in the JSON, so that a reader can stop there."""
    assert FULL.to_json().startswith(f'{{"version": {VERSION}, "source"')


def test_newer_version_is_refused() -> None:
    """A trace of a newer format is refused with both versions named."""
    data = {**json.loads(Trace().to_json()), "version": VERSION + 1}
    with pytest.raises(ValueError, match=rf"version {VERSION + 1}.* up to {VERSION}"):
        Trace.from_json(json.dumps(data))


def test_older_version_is_refused() -> None:
    """A trace of version 1 is refused with a sentence that says what to do."""
    with pytest.raises(ValueError, match=r"version 1, .* reads version 2: run the cell again"):
        Trace.from_json('{"version": 1, "source": "x"}')


@pytest.mark.parametrize("dtype", CODES)
def test_numbers_of_every_dtype(dtype: str) -> None:
    """The numbers come back as they were, those that JSON has no name for too."""
    numbers = [math.nan, math.inf, -math.inf, 1.5] if "float" in dtype else [0, 1, 1, 0]
    content = struct.pack(f"=4{CODES[dtype]}", *numbers)
    value = Value((2, 2), dtype, content)
    trace = Trace(events=(Event("op", after=value),))
    again = Trace.from_json(trace.to_json())
    assert again == trace
    assert again.events[0].after.content == content  # type: ignore[union-attr]
    assert repr(list(value.numbers)) == repr(
        [bool(n) for n in numbers] if dtype == "bool" else numbers
    )
    assert value.complete


def test_large_values_keep_their_ends() -> None:
    """Of a large tensor the first and last two numbers of each dimension are kept, and written so."""
    kept = struct.pack("=16f", *range(16))
    value = Value((50, 60), "float32", kept)
    assert value.numbers == tuple(range(16))
    assert not value.complete
    assert value.text == (
        "[[ 0.,  1.,  ...,  2.,  3.],\n [ 4.,  5.,  ...,  6.,  7.],\n ...,\n"
        " [ 8.,  9.,  ..., 10., 11.],\n [12., 13.,  ..., 14., 15.]]"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"version": None},
        {"graph": None},
        {"source": 3},
        {"events": [{"kind": "op", "nodes": 1}]},
        {"events": [{"kind": "op", "node": 0}]},
        {"events": [{"node": 0}]},
        {"graph": {"nodes": [], "edges": [{"source": 0, "target": 0, "slot": 0}]}},
    ],
)
def test_damaged_trace_is_refused(change: dict[str, object]) -> None:
    """A field missing, unknown, of the wrong type, or pointing nowhere is a ValueError."""
    data = {**json.loads(Trace().to_json()), **change}
    with pytest.raises(ValueError, match="not a trace"):
        Trace.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}"])
def test_other_json_is_refused(text: str) -> None:
    """Text that is no trace at all is a ValueError."""
    with pytest.raises(ValueError):
        Trace.from_json(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\r\nc\rd", ["a", "b", "c", "d"]),
        ("'\u2028\x85\x0b\x0c\x1c'\nb\n", ["'\u2028\x85\x0b\x0c\x1c'", "b"]),
        ("\n\na\n\n", ["", "", "a", ""]),
        ("", []),
    ],
)
def test_lines_are_those_of_python(text: str, lines: list[str]) -> None:
    """What may stand inside a string ends none."""
    assert split_lines(text) == lines
