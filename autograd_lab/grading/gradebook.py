"""nbgrader's gradebook, written in one transaction per submission.

nbgrader opens the gradebook nine times for a submission and commits after every cell: an
interruption leaves half a submission's scores. Here its own converters work on one session whose
commits wait.
"""

# mypy: disable-error-code="misc,no-untyped-call,no-any-unimported,type-arg"
# (nbgrader has no types.)

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy.orm import Session, scoped_session, sessionmaker

USERS = (
    "nbgrader.converters.autograde",
    "nbgrader.preprocessors.latesubmissions",
    "nbgrader.preprocessors.overwritecells",
    "nbgrader.preprocessors.overwritekernelspec",
    "nbgrader.preprocessors.saveautogrades",
)
"""The modules of nbgrader that open the gradebook while a submission is graded."""


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

    def save(self) -> None:
        """Commit everything since the last time."""
        Session.commit(self.db())

    def forget(self) -> None:
        """Take back everything since the last time."""
        self.db.rollback()
        self.db.expunge_all()

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

    modules = [importlib.import_module(name) for name in USERS]
    before = [module.Gradebook for module in modules]
    for module in modules:
        module.Gradebook = opened  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module, original in zip(modules, before, strict=True):
            module.Gradebook = original  # type: ignore[attr-defined]


__all__ = ["Transactions", "shared"]
