"""Random numbers: for a seed, the very numbers of PyTorch's CPU generator.

Both libraries stand on the Mersenne Twister; what differs is how its 32-bit words become floats,
integers, permutations and normal deviates.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def _twister(seed: int) -> Any:
    """Return NumPy's MT19937 at the state that torch starts from (Knuth's initialisation)."""
    words = [seed & 0xFFFFFFFF]
    for i in range(1, 624):
        words.append((1812433253 * (words[-1] ^ (words[-1] >> 30)) + i) & 0xFFFFFFFF)
    state: Any = {"key": np.array(words, dtype=np.uint32), "pos": 624}
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": state}
    return twister


class Generator:
    """A source of random numbers with a seed of its own.

    >>> import autograd_lab as torch
    >>> torch.randint(0, 10, (3,), generator=torch.Generator().manual_seed(0))
    tensor([4, 9, 3])
    """

    def __init__(self, device: str = "cpu") -> None:
        """Start from torch's default seed; only the CPU exists here."""
        if str(device) != "cpu":
            raise RuntimeError(f"autograd_lab runs on the CPU only, got device {device!r}")
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`; returns the generator itself."""
        self._seed = int(seed) % 2**64
        self._twister: Any = None  # made at the first draw: np.random takes 6 ms to import
        self._kept_normal: float | None = None
        return self

    def initial_seed(self) -> int:
        """Return the seed last given."""
        return self._seed

    def seed(self) -> int:
        """Start from a seed nobody chose, and return it."""
        self.manual_seed(int.from_bytes(os.urandom(8)))
        return self._seed

    def words(self, n: int) -> Array:
        """Return the next `n` 32-bit words (as uint64)."""
        if self._twister is None:
            self._twister = _twister(self._seed)
        return np.asarray(self._twister.random_raw(n), dtype=np.uint64)

    def uniform(self, n: int, double: bool) -> Array:
        """Return `n` numbers in [0, 1): 53 random bits each if `double`, else 24."""
        if not double:
            return ((self.words(n) & 0xFFFFFF) * 2.0**-24).astype(np.float32)
        pairs = self.words(2 * n).reshape(n, 2)
        bits = (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]
        return (bits & np.uint64(2**53 - 1)) * 2.0**-53

    def normal(self, n: int, double: bool, singly: bool = False) -> Array:
        """Return `n` standard normal deviates, float64 if `double`, else float32.

        From 16 on they are drawn in blocks, unless `singly` asks for one after the other.
        """
        kind = np.float64 if double else np.float32
        if n < 16 or singly:
            return np.array([self._next_normal() for _ in range(n)], dtype=kind)
        uniforms = self.uniform(n, double)
        whole = n - n % 16
        out = np.empty(n, dtype=kind)
        out[:whole] = _box_muller(uniforms[:whole])
        if whole < n:  # the last sixteen are drawn anew, overlapping what was there
            out[-16:] = _box_muller(self.uniform(16, double))
        return out

    def _next_normal(self) -> float:
        """Box–Muller gives two at a time; the second waits for the next call."""
        if self._kept_normal is not None:
            value, self._kept_normal = self._kept_normal, None
            return value
        u1, u2 = self.uniform(2, double=True).tolist()
        radius, angle = math.sqrt(-2.0 * math.log1p(-u2)), 2.0 * math.pi * u1
        self._kept_normal = radius * math.sin(angle)
        return radius * math.cos(angle)

    def integers(self, low: int, high: int, n: int, wide: bool = False) -> Array:
        """Return `n` integers in [low, high), from two words each if the range asks for it or `wide`."""
        span = high - low
        if span < 2**32 and not wide:
            return (self.words(n) % np.uint64(span)).astype(np.int64) + low
        pairs = self.words(2 * n).reshape(n, 2)
        bits = (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]
        return (bits % np.uint64(span)).astype(np.int64) + low

    def permutation(self, n: int) -> Array:
        """Return 0 … n − 1 in random order."""
        order = list(range(n))
        for i, word in enumerate(self.words(max(n - 1, 0)).tolist()):
            j = i + word % (n - i)
            order[i], order[j] = order[j], order[i]
        return np.array(order, dtype=np.int64)


def _box_muller(uniforms: Array) -> Array:
    """Turn uniforms into normals, sixteen at a time: eight cosines, then eight sines."""
    blocks = uniforms.reshape(-1, 2, 8)
    u1, u2 = 1 - blocks[:, 0], blocks[:, 1]
    radius = np.sqrt(-2 * np.log(u1))
    angle = (2 * np.pi * u2).astype(uniforms.dtype)
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default generator from `seed`, so that the numbers after it can be repeated."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default generator from a seed nobody chose, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """Return the default generator's seed."""
    return default_generator.initial_seed()
