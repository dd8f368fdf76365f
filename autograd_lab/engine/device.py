"""Where tensors lie: on the CPU. The class is here because programs ask for it."""

from __future__ import annotations

from typing import Any

KINDS = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, "
    "meta, hpu, mtia, privateuseone"
)


class device:
    """A kind of device and, if told, its number; tensors can only be on `device("cpu")`."""

    __slots__ = ("index", "type")

    def __init__(self, type: Any, index: int | None = None) -> None:
        """Take `"cpu"`, `"cuda:1"`, or another device.

        RuntimeError for an unknown name, and for a number alone: it would be an accelerator's.
        """
        if isinstance(type, int) and not isinstance(type, bool):
            if type < 0:
                raise RuntimeError("Device index must not be negative")
            raise RuntimeError("Cannot access accelerator device when none is available.")
        name, colon, number = str(type).partition(":")
        if name not in KINDS.split(", "):
            raise RuntimeError(
                f"Expected one of {KINDS} device type at start of device string: {name}"
            )
        if colon and not number.isdigit():
            raise RuntimeError(f"Invalid device string: '{type}'")
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        number = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{number})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = device("cpu")


def check_cpu(wanted: Any) -> None:
    """Raise for every device but the CPU (None stands for it), in torch's words where it has some."""
    kind = "cpu" if wanted is None else device(wanted).type
    if kind == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if kind != "cpu":
        raise RuntimeError(f"autograd_lab runs on the CPU only, got device '{wanted}'")
