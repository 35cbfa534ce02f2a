"""The outcome of judging tables: findings, counts, notices, and the way back to the rows."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping

from . import native
from ._enums import Verdict
from ._findings import Finding, Findings, Notice

if TYPE_CHECKING:
    from ._engine import Engine
    from ._ledger import Ledger


@dataclass(frozen=True)
class RuleSummary:
    """How many records or groups a rule gave which verdict."""

    rule: str
    clause: str
    passed: int
    failed: int
    unknown: int
    error: int
    not_in_force: int
    not_applicable: int

    @property
    def applicable(self) -> int:
        """Those that the rule speaks of."""
        return self.passed + self.failed + self.unknown + self.error


class Audit:
    """What judging the tables gave. Close it, or let it go, to free the records."""

    def __init__(self, engine: Engine, ledger: Ledger, findings: Findings, tables: Mapping[str, Any]) -> None:
        self.engine = engine
        self.ledger = ledger
        self.findings = findings
        self._tables = tables

    @property
    def summary(self) -> dict[str, RuleSummary]:
        """Counts by rule."""
        counts: dict[str, list[int]] = {}
        clauses: dict[str, str] = {}
        order = (
            Verdict.PASS,
            Verdict.FAIL,
            Verdict.UNKNOWN,
            Verdict.ERROR,
            Verdict.NOT_IN_FORCE,
            Verdict.NOT_APPLICABLE,
        )
        e = self.engine._native
        for i in range(native.engine_rule_count(e)):
            rule = native.engine_rule_id(e, i)
            clauses[rule] = native.engine_rule_clause(e, i)
            row = counts.setdefault(rule, [0] * len(order))
            for at, verdict in enumerate(order):
                row[at] += native.findings_verdicts(self.findings._native, i, verdict)
        return {rule: RuleSummary(rule, clauses[rule], *row) for rule, row in counts.items()}

    @property
    def records(self) -> dict[str, int | None]:
        """Records by type; None where nothing was supplied."""
        e = self.engine._native
        found = {}
        for i in range(native.engine_type_count(e)):
            count = native.findings_records(self.findings._native, i)
            found[native.engine_type_name(e, i)] = None if count < 0 else count
        return found

    @property
    def notices(self) -> list[Notice]:
        """What a reader of the result should know about the data."""
        return self.ledger.notices

    def failures(self, rule_or_clause: str | None = None) -> list[Finding]:
        """What failed: of a rule, of a clause and those below it, or all."""
        if rule_or_clause is None:
            return [f for f in self.findings if f.verdict == Verdict.FAIL]
        return self.findings.of(rule_or_clause, Verdict.FAIL)

    def rows(self, kind: str, rule_or_clause: str | None = None) -> Any:
        """The rows of an input table that failures name, as the same sort of table: pandas, polars, pyarrow, or else
        a list of dictionaries. Of several tables of a type, the second is ``"homework[1]"``. Streams that can be read only
        once cannot be looked at again."""
        if kind not in self._tables:
            raise KeyError(f"no table of that name was given: {kind!r} (files are not kept)")
        table = self._tables[kind]
        numbers = sorted(
            {row.row - 1 for f in self.failures(rule_or_clause) for row in f.rows if row.source == kind}
        )
        if hasattr(table, "iloc"):
            return table.iloc[numbers]
        if hasattr(table, "take") and hasattr(table, "schema"):  # pyarrow
            return table.take(numbers)
        if hasattr(table, "gather_every") or type(table).__module__.startswith("polars"):
            return table[numbers]
        if isinstance(table, Mapping):
            columns = {name: list(values) for name, values in table.items()}
            return [{name: values[n] for name, values in columns.items()} for n in numbers]
        if isinstance(table, (list, tuple)) and not isinstance(table, (str, bytes)):
            return [table[n] for n in numbers]
        raise TypeError(f"rows of {type(table)!r} cannot be looked at again")

    @property
    def ok(self) -> bool:
        """No violation or warning, nothing unknown, no error."""
        return len(self.findings) == 0

    def close(self) -> None:
        """Free findings and records."""
        self.findings.close()
        self.ledger.close()

    def __enter__(self) -> Audit:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.findings.closed:
            return "<libpolicy.Audit closed>"
        records = sum(count or 0 for count in self.records.values())
        return f"<libpolicy.Audit: {records} records, {len(self.findings)} findings>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(s.clause)}</td><td>{html.escape(s.rule)}</td><td>{s.passed}</td><td>{s.failed}</td>"
            f"<td>{s.unknown}</td></tr>"
            for s in self.summary.values()
            if s.applicable
        )
        head = "".join(f"<th>{name}</th>" for name in ("clause", "rule", "pass", "fail", "unknown"))
        return (
            f"<p>{html.escape(repr(self))}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
            + self.findings._repr_html_()
        )
