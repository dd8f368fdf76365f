"""Loading a module's saved state, with torch's account of what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..engine.grad_mode import no_grad


class LoadResult(NamedTuple):
    """Names that were missing or unexpected when a state was loaded."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return (
            f"_IncompatibleKeys(missing_keys={self.missing_keys}, "
            f"unexpected_keys={self.unexpected_keys})"
        )


def load(
    name: str, own: Mapping[str, Any], names: Sequence[str], state: Any, strict: bool
) -> LoadResult:
    """Copy the numbers in `state` into the tensors of a module called `name`.

    Raises RuntimeError where a shape does not fit, and if `strict`, where a name is missing or unknown.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    result = LoadResult([n for n in names if n not in state], [n for n in state if n not in names])
    errors = []
    with no_grad():
        for key in names:
            if key not in state or key not in own:
                continue
            if state[key].shape != own[key].shape:
                errors.append(
                    f"size mismatch for {key}: copying a param with shape {state[key].shape} from "
                    f"checkpoint, the shape in current model is {own[key].shape}."
                )
            else:
                own[key].copy_(state[key])
    if strict:
        for kind, keys in (
            ("Unexpected", result.unexpected_keys),
            ("Missing", result.missing_keys),
        ):
            if keys:
                listed = ", ".join(f'"{k}"' for k in keys)
                errors.insert(0, f"{kind} key(s) in state_dict: {listed}. ")
    if errors:
        raise RuntimeError(f"Error(s) in loading state_dict for {name}:\n\t" + "\n\t".join(errors))
    return result
