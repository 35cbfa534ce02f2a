"""The running account: records posted, asked about, taken back; tables fed; findings asked for."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterable

from . import native
from ._enums import CarryKind, CarryResult, Language, Verdict, language_of
from ._findings import Datum, Findings, Notice, notice_of
from ._handle import Handle, Turn
from ._tables import Progress, Table, feed
from ._values import day_of, items_of

if TYPE_CHECKING:
    from ._engine import Engine

# Without the Python function that SWIG puts before each native one: this is called once a keystroke.
_ask: Callable[[Any, Any, Any], int] = getattr(native, "_native").ledger_ask


class Record(Handle):
    """One row to be judged, filled and reused. A field that was never set counts as "column not supplied"."""

    __slots__ = ("engine", "type", "_handles", "_last")

    def __init__(self, engine: Engine, kind: str, _engine: Any = None) -> None:
        made = _engine if _engine is not None else engine._native
        self._own(native.record_new(made, kind), native.record_free)
        self.engine = engine
        self.type = kind
        self._handles: dict[str, int] = engine._handles(kind, made)
        self._last: tuple[Any, tuple[int, ...]] = (None, ())

    def update(self, values: Any = None, /, **fields: Any) -> Record:
        """Set fields from a mapping, a dataclass, or by name. ``None`` is an empty cell; text goes through the field's
        reader as a spreadsheet's cell would."""
        given = dict(items_of(values)) if values is not None and type(values) is not dict else values
        if fields:
            given = {**(given or {}), **fields}
        if given:
            names = tuple(given)
            if names != self._last[0]:
                self._last = (names, tuple(self._handle_of(name) for name in names))
            native.record_assign(self._native, self._last[1], tuple(given.values()))
        return self

    def _handle_of(self, name: str) -> int:
        handle = self._handles.get(name)
        if handle is None:
            native.record_set_text(self._native, name, None)  # raises, with the nearest name
            raise KeyError(name)
        return handle

    def __setitem__(self, field: str, value: Any) -> None:
        native.record_assign(self._native, (self._handle_of(field),), (value,))

    def clear(self) -> None:
        """Back to empty."""
        native.record_clear(self._native)

    def set_source(self, source: str | None, row: int) -> None:
        """Where it comes from, for findings: a name, and a row counted from 1."""
        native.record_set_source(self._native, source, row)


@dataclass(frozen=True)
class Headroom:
    """What is left of one limit, for one group. ``left`` is below zero when the limit is passed already."""

    rule: str
    key: dict[str, Datum]
    value: Datum
    limit: Datum
    left: Datum
    unit: str
    missing: tuple[str, ...]
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        return self.message_zh


@dataclass(frozen=True)
class Carried:
    """What became of a measure, a rule or a record type when a ledger got other rules."""

    name: str
    kind: CarryKind
    what: CarryResult
    message_zh: str
    message_en: str


def carried_of(lines: list[tuple[Any, ...]]) -> tuple[Carried, ...]:
    return tuple(Carried(name, CarryKind(kind), CarryResult(what), zh, en) for name, kind, what, zh, en in lines)


class Ledger(Handle):
    """What has been recorded so far. One call at a time: other threads wait. Many ledgers may share an engine."""

    __slots__ = ("engine", "_engine", "_turn", "_records", "_spare", "_empty", "_language")

    def __init__(
        self,
        engine: Engine,
        *,
        as_of: datetime.date | str | None = None,
        period: tuple[datetime.date | str, datetime.date | str] | None = None,
        evidence: int = 0,
        reported: Iterable[Verdict] | None = None,
        language: Language | str = Language.ZH,
    ) -> None:
        self._adopt(engine, native.ledger_new(engine._native), language)
        if evidence:
            native.ledger_set_evidence(self._native, 1, evidence)
        if period is not None:
            native.ledger_set_period(self._native, day_of(period[0]), day_of(period[1]))
        if as_of is not None:
            native.ledger_set_as_of(self._native, day_of(as_of))
        if reported is not None:
            bits = 0
            for verdict in reported:
                bits |= 1 << Verdict(verdict)
            native.ledger_set_reported(self._native, bits)

    def _adopt(self, engine: Engine, made: Any, language: Language | str) -> None:
        self._own(made, native.ledger_free)
        self.engine = engine
        self._engine = engine._native  # the native ledger keeps it alive, also when the engine is closed
        self._turn = Turn()
        self._records: dict[str, tuple[Record, Record]] = {}
        self._language = language_of(language)
        self._spare: Findings | None = None  # filled by the next check
        self._empty: Findings | None = None

    def _record(self, record: Record | str, values: Any, which: int = 0) -> Any:
        """The native record of what a call was given; the ledger's own are reused."""
        if isinstance(record, Record):
            if values is not None:
                raise TypeError("a Record has its values already")
            return record._native
        pair = self._records.get(record)
        if pair is None:
            pair = self._records[record] = (
                Record(self.engine, record, self._engine),
                Record(self.engine, record, self._engine),
            )
        own = pair[which]
        native.record_clear(own._native)
        own.update(values if values is not None else {})
        return own._native

    def _findings(self) -> Findings:
        if self._native is None:
            raise ValueError("the object is closed")
        return Findings(native.findings_new(self._engine), self._language)

    def check(self, record: Record | str, values: Any = None) -> Findings:
        """What would this record cause? Nothing is changed.

        Takes a :class:`Record`, or a record type and a mapping or dataclass."""
        with self._turn:
            if self._asked(record, values):
                found, self._spare = self._spare, None
                assert found is not None
                return found
            if self._empty is None:
                self._empty = self._findings()
            return self._empty._another()

    def _asked(self, record: Record | str, values: Any) -> int:
        """How many findings a check put into the spare object."""
        if self._spare is None:
            self._spare = self._findings()
        given = record._native if values is None and type(record) is Record else self._record(record, values)
        return _ask(self._native, given, self._spare._native)

    def would_pass(self, record: Record | str, values: Any = None) -> bool:
        """True when the record would cause no finding at all; quicker than :meth:`check`."""
        with self._turn:
            return self._asked(record, values) == 0

    def post(self, record: Record | str, values: Any = None) -> Findings:
        """Record it, and hear what it causes."""
        with self._turn:
            found = self._findings()
            native.ledger_post_findings(self._native, self._record(record, values), found._native)
            return found

    def retract(self, record: Record | str, values: Any = None) -> Findings:
        """Take back a record that was posted, given as it was then. NotFoundError when there was none."""
        with self._turn:
            found = self._findings()
            native.ledger_retract(self._native, self._record(record, values), found._native)
            return found

    def amend(self, record: Record | str, old: Any, new: Any) -> Findings:
        """Put a record in the place of another, in one step: ``amend("homework", old, new)`` or ``amend(old, new)`` with
        two :class:`Record` objects would read badly, so both are given after the type."""
        with self._turn:
            kind = record.type if isinstance(record, Record) else record
            found = self._findings()
            before = old._native if isinstance(old, Record) else self._record(kind, old, 0)
            after = new._native if isinstance(new, Record) else self._record(kind, new, 1)
            native.ledger_amend(self._native, before, after, found._native)
            return found

    def headroom(self, record: Record | str, values: Any = None) -> list[Headroom]:
        """What is left of every limit that the record touches, before it is posted.

        Also by rule and keys: ``ledger.headroom("homework.daily-minutes.primary", [school, 3, "2班", ...])``."""
        with self._turn:
            if self._native is None:
                raise ValueError("the object is closed")
            lines = native.headroom_new(self._engine)
            try:
                if isinstance(values, list):
                    native.headroom_by_keys(self._native, str(record), values, lines)
                else:
                    native.ledger_headroom(self._native, self._record(record, values), lines)
                return [_headroom_of(lines, i) for i in range(native.headroom_count(lines))]
            finally:
                native.headroom_free(lines)

    def check_with_headroom(self, record: Record | str, values: Any = None) -> tuple[Findings, list[Headroom]]:
        """What would this record cause, and what is left of every limit it touches? For little more than the price of one of
        the two; nothing is changed."""
        with self._turn:
            found = self._findings()
            lines = native.headroom_new(self._engine)
            try:
                native.ledger_check_with_headroom(self._native, self._record(record, values), found._native, lines)
                return found, [_headroom_of(lines, i) for i in range(native.headroom_count(lines))]
            finally:
                native.headroom_free(lines)

    def merge(self, other: Ledger) -> None:
        """Take in all that another ledger of the same engine holds; that one is empty afterwards."""
        first, second = sorted((self, other), key=id)  # two threads that merge crosswise must not wait for each other
        if first is second:
            raise ValueError("a ledger cannot be merged with itself")
        with first._turn, second._turn:
            native.ledger_merge(self._native, other._native)

    def to_bytes(self) -> bytes:
        """The ledger as canonical bytes: the same for the same content, on every machine."""
        with self._turn:
            content: bytes = native.ledger_bytes(self._native)
            return content

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save into a file, which is replaced only when all is written."""
        with self._turn:
            native.ledger_save_file(self._native, os.fspath(path))

    def rebase(self, engine: Engine) -> tuple[Carried, ...]:
        """Move to other rules. What could not be carried over is told; rules that need it answer unknown from now on."""
        with self._turn:
            told = carried_of(native.ledger_rebase(self._native, engine._native))
            self.engine = engine
            self._engine = engine._native
            self._records = {}
            self._spare = self._empty = None
            return told

    def supply(self, kind: str) -> None:
        """Say that a record type is supplied though it may have no rows."""
        with self._turn:
            native.ledger_supply(self._native, kind)

    def feed(
        self, kind: str, table: Table, *, source: str | None = None, progress: Progress = None, threads: int = 1
    ) -> None:
        """Record every row of a table: anything with the Arrow PyCapsule interface, a mapping of columns, rows as
        mappings or dataclasses, a path (CSV, Parquet, XLSX, ODS, Arrow) or CSV as bytes.

        All or nothing: on failure or Ctrl-C nothing was changed. ``progress`` is called with rows and bytes
        so far, or is a bar such as tqdm's."""
        with self._turn:
            if self._native is None:
                raise ValueError("the object is closed")
            feed(self, kind, table, source, progress, threads)

    def findings(self) -> Findings:
        """Judge everything recorded so far."""
        with self._turn:
            return Findings(native.ledger_findings(self._native), self._language)

    @property
    def notices(self) -> list[Notice]:
        """What a reader of the result should know about the data."""
        with self._turn:
            return [
                notice_of(native.ledger_notice(self._native, i)) for i in range(native.ledger_notice_count(self._native))
            ]

    def close(self) -> None:
        """Free it; waits for a call of another thread to end."""
        with self._turn:
            super().close()

    def __reduce__(self) -> str:
        raise TypeError("a ledger needs its engine: send ledger.to_bytes() and call engine.restore() there")

    def __repr__(self) -> str:
        return "<libpolicy.Ledger closed>" if self.closed else f"<libpolicy.Ledger of {self.engine!r}>"


def _headroom_of(lines: Any, i: int) -> Headroom:
    return Headroom(
        native.headroom_rule(lines, i),
        {native.headroom_key_name(lines, i, k): native.headroom_key(lines, i, k) for k in range(native.headroom_key_count(lines, i))},
        native.headroom_value(lines, i),
        native.headroom_limit(lines, i),
        native.headroom_left(lines, i),
        native.headroom_unit(lines, i, Language.ZH) or "",
        tuple(native.headroom_missing(lines, i, k) for k in range(native.headroom_missing_count(lines, i))),
        native.headroom_message(lines, i, Language.ZH),
        native.headroom_message(lines, i, Language.EN),
    )
