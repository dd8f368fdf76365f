"""nbgrader's gradebook, written in one transaction per submission.

nbgrader opens the gradebook nine times for a submission and commits after every cell: an
interruption leaves half a submission's scores. Here its own converters work on one session whose
commits wait. What is the same for a whole class is asked once.
"""

# mypy: disable-error-code="misc,no-untyped-call,no-any-unimported,type-arg"
# (nbgrader has no types.)

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from sqlalchemy.orm import Session, scoped_session, sessionmaker

USERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.latesubmissions",
    "nbgrader.preprocessors.overwritecells",
    "nbgrader.preprocessors.overwritekernelspec",
    "nbgrader.preprocessors.saveautogrades",
)
"""The modules of nbgrader that open the gradebook while a submission is graded."""
VALIDATES = "nbgrader.preprocessors.checkcellmetadata"
"""The module of nbgrader that looks through its metadata, before and after a notebook runs."""


class _Waiting(Session):
    """A session whose commits send their statements, and end nothing."""

    def commit(self) -> None:
        """Send what is there; `Transactions.save` commits it."""
        self.flush()


class Transactions(Gradebook):
    """A gradebook that stays open and is committed by `save` alone."""

    def __init__(self, db_url: str, course_id: str) -> None:
        """Open the gradebook at `db_url`; what is missing of it is made at once."""
        super().__init__(db_url, course_id)
        self.db: scoped_session[Session]
        self.db.remove()
        self.db = scoped_session(sessionmaker(bind=self.engine, class_=_Waiting))
        self._released: dict[tuple[str, ...], SimpleNamespace] = {}
        self._present: dict[tuple[Any, ...], dict[str, Any]] = {}

    def find_source_cell(self, *place: str) -> SimpleNamespace:
        """Return a cell as it was released; the same for the whole class, so looked up once."""
        if place not in self._released:
            found = super().find_source_cell(*place)
            names = ("name", "cell_type", "locked", "source", "checksum")
            self._released[place] = SimpleNamespace(**{n: getattr(found, n) for n in names})
        return self._released[place]

    def find_graded_cell(self, *place: str) -> SimpleNamespace:
        """Return what a cell is worth; looked up once, too."""
        graded = ("points", *place)
        if graded not in self._released:
            found = super().find_graded_cell(*place)
            self._released[graded] = SimpleNamespace(name=found.name, max_score=found.max_score)
        return self._released[graded]

    def find_grade(self, cell: str, *place: str) -> Any:
        """Return a grade in a submitted notebook; all of them are looked up together."""
        return self._of_notebook(Grade, place).get(cell) or super().find_grade(cell, *place)

    def find_comment(self, cell: str, *place: str) -> Any:
        """Return a comment in a submitted notebook, looked up in the same way."""
        return self._of_notebook(Comment, place).get(cell) or super().find_comment(cell, *place)

    def _of_notebook(self, kind: Any, place: tuple[str, ...]) -> dict[str, Any]:
        """Return the grades, or comments, of the notebook that is worked on, by names of cells."""
        if (kind, *place) not in self._present:
            query = self.db.query(BaseCell.name, kind).join(kind.cell)
            of_it = query.filter(kind.notebook_id == self.find_submission_notebook(*place).id)
            # nbgrader asks for tasks where there is nothing else of that name: they are put first.
            self._present[kind, *place] = dict(of_it.order_by(BaseCell.type.desc()).all())
        return self._present[kind, *place]

    def save(self) -> None:
        """Commit everything since the last time, and let go of it."""
        Session.commit(self.db())
        self._let_go()

    def forget(self) -> None:
        """Take back everything since the last time."""
        self.db.rollback()
        self._let_go()

    def _let_go(self) -> None:
        self.db.expunge_all()
        self._present.clear()

    def close(self) -> None:
        """Stay open: whoever thinks the gradebook is theirs is wrong. `end` closes it."""

    def end(self) -> None:
        """Close the gradebook; what was not saved is lost."""
        super().close()


@contextlib.contextmanager
def shared(gradebook: Transactions) -> Iterator[None]:
    """Let nbgrader's converters use `gradebook` wherever they would open one of their own."""

    def opened(*_arguments: Any, **_options: Any) -> Transactions:
        return gradebook

    with contextlib.ExitStack() as stack:
        for module in USERS:
            stack.enter_context(_replaced(module, "Gradebook", opened))
        stack.enter_context(_replaced(VALIDATES, "MetadataValidator", _Validator))
        yield


@contextlib.contextmanager
def _replaced(module: str, name: str, value: object) -> Iterator[None]:
    """Let a module of nbgrader find something else under a name."""
    place = importlib.import_module(module)
    before = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, before)


class _Validator(MetadataValidator):
    """nbgrader's own, which does not look again at what it has found sound in a cell."""

    _sound: ClassVar[set[str]] = set()
    """What is not as released is taken away before: a class has the same few in all notebooks."""

    def validate_cell(self, cell: Any) -> None:
        seen = json.dumps([cell.cell_type, cell.metadata.get("nbgrader")])
        if seen not in self._sound:
            super().validate_cell(cell)
            self._sound.add(seen)


__all__ = ["Transactions", "shared"]
