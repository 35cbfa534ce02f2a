"""What was found: a sequence of findings that is also an Arrow stream."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, Union, overload

from . import native
from ._enums import Language, NoticeKind, Severity, Verdict, language_of
from ._handle import Handle, Turn

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Datum = Union[None, bool, int, float, str]


@dataclass(frozen=True)
class Row:
    """A row of the input: where it came from, and its number from 1."""

    source: str
    row: int


@dataclass(frozen=True)
class Finding:
    """One verdict that somebody should see."""

    rule: str
    clause: str
    quote: str
    verdict: Verdict
    severity: Severity
    record: str
    key: dict[str, Datum]
    value: Datum
    limit: Datum
    rows: tuple[Row, ...]
    rows_complete: bool
    missing: tuple[str, ...]
    message_zh: str
    message_en: str
    nearest: Datum = None
    suggestion_zh: str = ""
    suggestion_en: str = ""

    @property
    def message(self) -> str:
        """The sentence for people, in Chinese."""
        return self.message_zh

    def __str__(self) -> str:
        return f"{self.verdict.name.lower()} {self.rule}: {self.message_zh}"


@dataclass(frozen=True)
class Notice:
    """Something about the data that a reader of the result should know."""

    kind: NoticeKind
    record: str
    source: str
    row: int | None
    column: str
    text: str
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        place = self.source + (f":{self.row}" if self.row else "")
        return f"{place}: {self.message_zh}" if place else self.message_zh


def notice_of(n: Any) -> Notice:
    return Notice(
        NoticeKind(native.notice_kind_of(n)),
        native.notice_type(n),
        native.notice_source(n),
        native.notice_row(n) or None,
        native.notice_column(n),
        native.notice_text(n),
        native.notice_message(n, Language.ZH),
        native.notice_message(n, Language.EN),
    )


def finding_of(f: Any) -> Finding:
    return Finding(
        rule=native.finding_rule(f),
        clause=native.finding_clause(f),
        quote=native.finding_quote(f),
        verdict=Verdict(native.finding_verdict(f)),
        severity=Severity(native.finding_severity(f)),
        record=native.finding_table(f),
        key={native.finding_key_name(f, i): native.finding_key(f, i) for i in range(native.finding_key_count(f))},
        value=native.finding_value(f),
        limit=native.finding_limit(f),
        rows=tuple(
            Row(native.finding_row_source(f, i) or "", native.finding_row(f, i))
            for i in range(native.finding_row_count(f))
        ),
        rows_complete=native.finding_rows_complete(f),
        missing=tuple(native.finding_missing(f, i) for i in range(native.finding_missing_count(f))),
        message_zh=native.finding_message(f, Language.ZH),
        message_en=native.finding_message(f, Language.EN),
        nearest=native.finding_nearest(f),
        suggestion_zh=native.finding_suggestion(f, Language.ZH),
        suggestion_en=native.finding_suggestion(f, Language.EN),
    )


class Findings(Handle, Sequence["Finding"]):
    """Findings in order. Indexing makes :class:`Finding` objects on demand; as a whole they are best taken as columns:
    anything that reads the Arrow PyCapsule interface takes this object, and ``to_pandas()`` and the like are shortcuts.
    """

    __slots__ = ("_language", "_turn")

    def __init__(self, native_object: Any, language: Language | str = Language.ZH) -> None:
        self._own(native_object, native.findings_free)
        self._language = language_of(language)
        self._turn = Turn()

    def _another(self) -> Findings:
        """Like this one, which must be empty and is kept alive: nothing found costs no native object of its own."""
        made = Findings.__new__(Findings)
        made._native = self._native
        made._free = self._kept
        made._language = self._language
        made._turn = self._turn
        return made

    def _kept(self, native_object: Any) -> None:
        """In the place of freeing: refers to the owner, and leaves that to it."""

    def __len__(self) -> int:
        return native.findings_count(self._native)

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> list[Finding]: ...

    def __getitem__(self, index: int | slice) -> Finding | list[Finding]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        count = len(self)
        position = index + count if index < 0 else index
        if not 0 <= position < count:
            raise IndexError("no such finding")
        return finding_of(native.findings_at(self._native, position))

    def __iter__(self) -> Iterator[Finding]:
        for i in range(len(self)):
            yield self[i]

    def of(self, rule_or_clause: str, verdict: Verdict | None = None) -> list[Finding]:
        """Those of a rule, by its id, or of a clause and the clauses below it ("2.1" has "2.1a")."""
        found = []
        for i in range(len(self)):
            f = native.findings_at(self._native, i)
            rule, clause = native.finding_rule(f), native.finding_clause(f)
            if rule_or_clause not in (rule, clause) and not _is_below(clause, rule_or_clause):
                continue
            if verdict is None or native.finding_verdict(f) == verdict:
                found.append(finding_of(f))
        return found

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The Arrow PyCapsule interface: one row a finding. Other schemas are not made; the stream says its own."""
        return native.findings_stream(self._native, self._language)

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow table."""
        import pyarrow

        return pyarrow.RecordBatchReader._import_from_c_capsule(self.__arrow_c_stream__()).read_all()

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas frame; ``key`` is a dictionary."""
        frame = self.to_arrow().to_pandas(maps_as_pydicts="strict")
        return frame

    def to_polars(self) -> polars.DataFrame:
        """As a polars frame."""
        import polars

        answer = polars.from_arrow(self.to_arrow())
        assert isinstance(answer, polars.DataFrame)
        return answer

    def __repr__(self) -> str:
        if self.closed:
            return "<libpolicy.Findings closed>"
        lines = [f"<libpolicy.Findings: {len(self)}>"]
        lines += [f"  {finding}" for finding in self[:10]]
        if len(self) > 10:
            lines.append(f"  … {len(self) - 10} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        shown = self[:50]
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{html.escape(str(cell))}</td>"
                for cell in (f.verdict.name.lower(), f.severity.name.lower(), f.clause, f.rule, f.message_zh)
            )
            + "</tr>"
            for f in shown
        )
        more = f"<p>… {len(self) - len(shown)} more</p>" if len(self) > len(shown) else ""
        head = "".join(f"<th>{name}</th>" for name in ("result", "severity", "clause", "rule", "message"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _is_below(clause: str, above: str) -> bool:
    """Is "2.1a" or "2.1.3" below "2.1"? "2.10" is not."""
    return clause.startswith(above) and len(clause) > len(above) and not clause[len(above)].isdigit()
