"""A student, as a check sees one: something that runs a piece of source and answers with data."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from ..engine.creation import tensor
from .codec import Error, Fn, Ref, TensorData, dumps, loads
from .quiet import quiet

MAX_ERROR_TEXT = 2000
"""Longest message of an exception that is passed on, in characters."""


class Student(ABC):
    """Where a student's answers live. A kind of student defines `exchange`; the rest follows from it."""

    def run(self, source: str, /, **inputs: object) -> Any:
        """Run `source` in a copy of the student's namespace; return its last expression's value.

        `inputs` are names for `source` to use. They and the value go through the codec: an object
        outside it comes back as a Ref, an exception (SystemExit too) as an Error, a tensor as
        TensorData. A `source` that does not end in an expression gives None.

        Raises SyntaxError and CodecError for a source or inputs that are wrong in themselves.
        """
        _compile(source)
        return loads(self.exchange(source, dumps(inputs)))

    @abstractmethod
    def exchange(self, source: str, request: str) -> str:
        """Run `source` with the inputs in `request`; return the reply. Both are the codec's text."""

    def call(self, name: str, /, *arguments: object) -> Any:
        """Return what the student's function `name` returns for these arguments."""
        return self.run(f"{name}(*_arguments)", _arguments=list(arguments))

    def answer(self, name: str, /) -> Any:
        """Return the student's answer `"q2.prediction"`, kept in the variable `q2_prediction`."""
        return self.run(name.replace(".", "_"))


class LocalStudent(Student):
    """The student of the notebook at hand: `run` executes in this process.

    Right for feedback while learning. Code that means to deceive can, so marks that matter need a
    process of their own.
    """

    def __init__(self, namespace: Mapping[str, object]) -> None:
        """Let `namespace` hold the answers; it is read at each run and never written."""
        self._namespace = namespace
        self._kept: list[object] = []

    def exchange(self, source: str, request: str) -> str:
        """See `Student.run`. What is printed meanwhile is discarded; Ctrl-C ends the check."""
        body, last = _compile(source)
        with quiet():
            try:
                return dumps(self._evaluate(body, last, request), self._keep)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a student's exit() must not end the grading
                return dumps(described(error))

    def _evaluate(self, body: CodeType, last: CodeType, request: str) -> object:
        scope = dict(self._namespace)

        def revive(sent: Fn | Ref | TensorData) -> object:
            match sent:
                case Fn(expression):
                    return eval(expression, scope)
                case Ref(number):
                    return self._kept[number]
                case _:
                    return _tensor(sent)

        scope.update(loads(request, revive))
        exec(body, scope)
        return eval(last, scope)

    def _keep(self, value: object) -> Ref:
        self._kept.append(value)
        return Ref(len(self._kept) - 1)


@lru_cache(256)
def _compile(source: str) -> tuple[CodeType, CodeType]:
    """Return the code before the last expression, and that expression (None if there is none).

    Checks ask the same of many numbers, and of a whole class.
    """
    tree = ast.parse(source)
    last = ast.Expression(ast.Constant(None))
    if tree.body and isinstance(end := tree.body[-1], ast.Expr):
        tree.body.pop()
        last = ast.Expression(end.value)
    return compile(tree, "<check>", "exec"), compile(
        ast.fix_missing_locations(last), "<check>", "eval"
    )


def _tensor(sent: TensorData) -> object:
    """Return a tensor of this package's engine."""
    array = np.array(sent.data, dtype=sent.dtype).reshape(sent.shape)
    return tensor(array, requires_grad=sent.requires_grad)


def described(error: BaseException) -> Error:
    """Return an exception as data; its own `__str__` may be the next thing to fail."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return Error(type(error).__name__[:100], text[:MAX_ERROR_TEXT])


__all__ = ["LocalStudent", "Student", "described"]
