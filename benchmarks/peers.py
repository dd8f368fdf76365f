"""The works of `engine.py` in other libraries, and by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

Work = Callable[[], Any]


def micrograd(length: int = 2_000) -> Work:
    """Return the scalar chain in micrograd, whose recursion needs room."""
    engine = import_module("micrograd.engine")

    def work() -> None:
        sys.setrecursionlimit(100_000)
        x, w = engine.Value(1.0001), engine.Value(0.9999)
        y = x
        for _ in range(length // 2):
            y = y * w
            y = y + x
        y.backward()

    return work


def mlp_arrays(random: np.random.Generator) -> Iterator[Any]:
    """Yield inputs, targets and weights, all float32."""
    for shape in ((32, 784), (32, 10), (784, 128), (128, 10)):
        yield (random.normal(size=shape) * 0.1).astype(np.float32)


def mlp_by_hand() -> Work:
    """Return the MLP step with NumPy and derivatives written out."""
    x, y, w1, w2 = mlp_arrays(np.random.default_rng(0))

    def work() -> None:
        nonlocal w1, w2
        a = x @ w1
        h = np.maximum(a, 0)
        error = h @ w2 - y
        g = 2 / error.size * error
        g2 = h.T @ g
        g1 = x.T @ ((g @ w2.T) * (a > 0))
        w1 = w1 - np.float32(1e-3) * g1
        w2 = w2 - np.float32(1e-3) * g2

    return work


def elementwise_by_hand(n: int = 1_000_000) -> Work:
    """Return `sin(x) * x + exp(-x * x)` and its derivative, written out."""
    x = np.linspace(-2, 2, n, dtype=np.float32)

    def work() -> Any:
        s, e = np.sin(x), np.exp(-x * x)
        (s * x + e).sum()
        return np.cos(x) * x + s - 2 * x * e

    return work


def mygrad() -> dict[str, Work]:
    """Return what MyGrad can run of the works: it has no second derivatives."""
    mg = import_module("mygrad")
    x3, v3 = np.ones(3, np.float32), np.ones(3, np.float32)
    w3, b3 = mg.tensor(np.ones(3, np.float32)), mg.tensor(np.ones(3, np.float32))
    x, y, *arrays = mlp_arrays(np.random.default_rng(0))
    weights = [mg.tensor(a) for a in arrays]
    line = mg.tensor(np.linspace(-2, 2, 1_000_000, dtype=np.float32))

    def chain() -> None:
        x, w = mg.tensor(1.0001), mg.tensor(0.9999)
        y = x
        for _ in range(1_000):
            y = y * w
            y = y + x
        y.backward()

    def small_vectors() -> None:
        for _ in range(20):
            w3.null_grad(), b3.null_grad()
            (mg.tanh(x3 * w3 + b3) * v3).sum().backward()

    def mlp() -> None:
        error = mg.maximum(mg.matmul(x, weights[0]), 0) @ weights[1] - y
        (error * error).mean().backward()
        for i, weight in enumerate(weights):
            weights[i] = mg.tensor(weight.data - np.float32(1e-3) * weight.grad)

    def elementwise() -> None:
        line.null_grad()
        (mg.sin(line) * line + mg.exp(-line * line)).sum().backward()

    return {
        "scalar chain, 2,000 operations": chain,
        "20 × (tanh(x·w + b)·v).sum(), 3-vectors": small_vectors,
        "MLP step": mlp,
        "elementwise, 1,000,000 floats": elementwise,
    }


def hips() -> dict[str, Work]:
    """Return the works in HIPS autograd, which differentiates functions."""
    ag, anp = import_module("autograd"), import_module("autograd.numpy")
    x3, v3, w3, b3 = (np.ones(3, np.float32) for _ in range(4))
    x, y, *weights = mlp_arrays(np.random.default_rng(0))
    line = np.linspace(-2, 2, 1_000_000, dtype=np.float32)

    def repeated(x: Any, w: Any) -> Any:
        y = x
        for _ in range(1_000):
            y = y * w
            y = y + x
        return y

    def loss(w1: Any, w2: Any) -> Any:
        error = anp.dot(anp.maximum(anp.dot(x, w1), 0), w2) - y
        return anp.mean(error * error)

    def step() -> None:
        for i, gradient in enumerate(both(*weights)):
            weights[i] = weights[i] - np.float32(1e-3) * gradient

    def squared_slopes(w1: Any, w2: Any, v1: Any, v2: Any) -> Any:
        g1, g2 = both(w1, w2)
        return anp.sum(g1 * v1) + anp.sum(g2 * v2)

    def product() -> None:
        ag.grad(squared_slopes, (0, 1))(*weights, *both(*weights))

    both = ag.grad(loss, (0, 1))
    of_chain = ag.grad(repeated, (0, 1))
    of_vectors = ag.grad(lambda w, b: anp.sum(anp.tanh(x3 * w + b) * v3), (0, 1))
    of_line = ag.grad(lambda x: anp.sum(anp.sin(x) * x + anp.exp(-x * x)))
    return {
        "scalar chain, 2,000 operations": lambda: of_chain(1.0001, 0.9999),
        "20 × (tanh(x·w + b)·v).sum(), 3-vectors": lambda: [of_vectors(w3, b3) for _ in range(20)],
        "MLP step": step,
        "elementwise, 1,000,000 floats": lambda: of_line(line),
        "MLP Hessian-vector product": product,
    }
