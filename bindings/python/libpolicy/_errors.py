"""What goes wrong, as exceptions: one class a kind, with file, line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from ._enums import Status
from . import native


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what is near."""

    status: Status
    message_zh: str
    message_en: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    rule: str | None = None
    nearest: str | None = None
    other_file: str | None = None
    other_line: int | None = None
    other_column: int | None = None
    excerpt: str | None = None

    @property
    def place(self) -> str:
        """``file:line:column``, as far as it is known."""
        parts = [self.file or "", str(self.line) if self.line else "", str(self.column) if self.column else ""]
        return ":".join(part for part in parts if part)

    def __str__(self) -> str:
        place = self.place
        sentence = f"{place}: {self.message_en}" if place else self.message_en
        return f"{sentence}\n{self.excerpt}" if self.excerpt else sentence


class PolicyError(Exception):
    """Something the library refused. ``problems`` holds everything that one call found, in order of place.

    ``status``, ``file``, ``line``, ``column`` and the messages are those of the first problem.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems: tuple[Problem, ...] = tuple(problems)

    @property
    def _first(self) -> Problem:
        return self.problems[0] if self.problems else Problem(Status.INTERNAL, "", "")

    @property
    def status(self) -> Status:
        return self._first.status

    @property
    def file(self) -> str | None:
        return self._first.file

    @property
    def line(self) -> int | None:
        return self._first.line

    @property
    def column(self) -> int | None:
        return self._first.column

    @property
    def rule(self) -> str | None:
        return self._first.rule

    @property
    def message_zh(self) -> str:
        return self._first.message_zh

    @property
    def message_en(self) -> str:
        return self._first.message_en

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


class RulesError(PolicyError):
    """Packs, scripts, parameters or expressions that do not load."""


class DataError(PolicyError):
    """Files or columns that cannot be read."""


class NotFoundError(PolicyError, LookupError):
    """No pack, rule, field, record or scheme of that name."""


class ArgumentError(PolicyError, ValueError):
    """A value outside what a call takes."""


class StateError(PolicyError):
    """A call that came too early or too late."""


class LimitError(PolicyError):
    """Over a budget or size limit."""


class CancelledError(PolicyError):
    """A callback asked to stop."""


_KINDS: dict[Status, type[PolicyError]] = {
    Status.ARGUMENT: ArgumentError,
    Status.STATE: StateError,
    Status.LIMIT: LimitError,
    Status.CANCELLED: CancelledError,
    Status.NOT_FOUND: NotFoundError,
    Status.IO: DataError,
    Status.ENCODING: DataError,
    Status.DATA: DataError,
    Status.SYNTAX: RulesError,
    Status.TYPE: RulesError,
    Status.NAME: RulesError,
    Status.DUPLICATE: RulesError,
    Status.VERSION: RulesError,
    Status.TIGHTEN: RulesError,
    Status.SCRIPT: RulesError,
}


def problem_of(row: Sequence[Any]) -> Problem:
    """From the tuple that the native module hands over."""
    status, zh, en, file, line, column, rule, nearest, other_file, other_line, other_column, excerpt = row
    return Problem(
        Status(status), zh, en, file, line or None, column or None, rule, nearest,
        other_file, other_line or None, other_column or None, excerpt,
    )  # fmt: skip


def _make(status: int, rows: list[Sequence[Any]]) -> Exception:
    problems = [problem_of(row) for row in rows]
    if not problems:
        problems = [Problem(Status(status), native.status_name(status), native.status_name(status))]
    kind = _KINDS.get(problems[0].status, PolicyError)
    if problems[0].status == Status.SYNTAX and (problems[0].file or "").lower().endswith((".csv", ".tsv", ".txt", ".xlsx")):
        kind = DataError
    return kind(problems)


native.set_error_factory(_make)
