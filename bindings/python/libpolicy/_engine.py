"""Rules, checked and compiled: shared by all threads."""

from __future__ import annotations

import datetime
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Mapping

from . import native
from ._audit import Audit
from ._bands import Bands
from ._enums import Language, Limit, Severity, Verdict, language_of
from ._errors import Problem, RulesError
from ._handle import Handle
from ._ledger import Carried, Ledger, Record, carried_of
from ._tables import Progress, Table

#: Where the packs that come with this package are.
RULES_DIRECTORY = Path(__file__).resolve().parent / "rules"


@dataclass(frozen=True)
class Rule:
    """A rule of an engine."""

    id: str
    clause: str
    table: str
    severity: Severity
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class Pack:
    """A pack that an engine was built from."""

    name: str
    version: str
    title_zh: str
    title_en: str


class Engine(Handle):
    """Packs, scripts and parameters, ready to judge.

    ``Engine("huancui-2021", "local.lua", params={"minutes": {"primary": 45}})``: each argument is a pack's name, a pack's
    folder or file, or a Lua script; later ones tighten earlier ones. Immutable; any number of threads may use one.

    :param params: parameters, which like overlays can only tighten; values as in YAML.
    :param directories: where packs are looked for, before those of this package.
    :param memory: files that are nowhere else, by the path a pack would name them with.
    :param limits: budgets of the host, by :class:`Limit`.
    """

    __slots__ = ("_by_type",)

    def __init__(
        self,
        *rules: str | os.PathLike[str],
        params: Mapping[str, Any] | None = None,
        directories: Iterable[str | os.PathLike[str]] = (),
        memory: Mapping[str, str | bytes] | None = None,
        limits: Mapping[Limit, int] | None = None,
    ) -> None:
        options = native.options_make()
        builder: Any = None
        try:
            for limit, value in (limits or {}).items():
                native.options_set_limit(options, int(limit), value)
            builder = native.builder_make(options)
            for directory in directories:
                native.builder_add_directory(builder, os.fspath(directory))
            native.builder_add_directory(builder, str(RULES_DIRECTORY))
            for path, content in (memory or {}).items():
                native.builder_add_memory(builder, path, content)
            for one in rules:
                native.builder_load(builder, os.fspath(one))
            for name, value in (params or {}).items():
                native.builder_set_param(builder, name, _yaml(value))
            self._own(native.builder_build(builder), native.engine_unref)
        finally:
            if builder is not None:
                native.builder_free(builder)
            native.options_free(options)
        self._by_type: dict[str, dict[str, int]] = {}

    # ---- what is in it ----

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of its packs."""
        e = self._native
        return tuple(
            Rule(
                native.engine_rule_id(e, i),
                native.engine_rule_clause(e, i),
                native.engine_rule_table(e, i),
                Severity(native.engine_rule_severity(e, i)),
                native.engine_rule_title(e, i, Language.ZH),
                native.engine_rule_title(e, i, Language.EN),
            )
            for i in range(native.engine_rule_count(e))
        )

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs, bases first."""
        e = self._native
        return tuple(
            Pack(
                native.engine_pack_name(e, i),
                native.engine_pack_version(e, i),
                native.engine_pack_title(e, i, Language.ZH),
                native.engine_pack_title(e, i, Language.EN),
            )
            for i in range(native.engine_pack_count(e))
        )

    @property
    def types(self) -> tuple[str, ...]:
        """The record types."""
        return tuple(native.engine_type_name(self._native, i) for i in range(native.engine_type_count(self._native)))

    def fields(self, kind: str) -> tuple[str, ...]:
        """The fields of a record type."""
        return tuple(self._handles(kind))

    def _handles(self, kind: str, made: Any = None) -> dict[str, int]:
        known = self._by_type.get(kind)
        if known is None:
            e = made if made is not None else self._native
            names = [native.engine_field_name(e, kind, i) for i in range(native.engine_field_count(e, kind))]
            known = self._by_type[kind] = {name: native.engine_field(self._native, kind, name) for name in names}
        return known

    def explain(self, what: str = "", language: Language | str = Language.ZH) -> str:
        """What a rule, a clause or a parameter (``"params.minutes"``) says; everything for ``""``."""
        text: str = native.engine_explain(self._native, what, language_of(language))
        return text

    def lint(self) -> tuple[Problem, ...]:
        """What is wrong with the rules, though not fatal."""
        said = native.engine_lint(self._native)
        return said.problems if said is not None else ()

    # ---- judging ----

    def record(self, kind: str, values: Any = None, /, **fields: Any) -> Record:
        """A record to fill and reuse."""
        made = Record(self, kind)
        return made.update(values, **fields)

    def ledger(
        self,
        *,
        as_of: datetime.date | str | None = None,
        period: tuple[datetime.date | str, datetime.date | str] | None = None,
        evidence: int = 0,
        reported: Iterable[Verdict] | None = None,
        language: Language | str = Language.ZH,
    ) -> Ledger:
        """An empty ledger. ``evidence`` is how many rows a group's finding can name."""
        return Ledger(
            self, as_of=as_of, period=period, evidence=evidence, reported=reported, language=language
        )

    def restore(
        self, saved: bytes | str | os.PathLike[str], language: Language | str = Language.ZH
    ) -> tuple[Ledger, tuple[Carried, ...]]:
        """A ledger from bytes or a file, and what was carried over: everything, unless the rules differ."""
        if isinstance(saved, bytes):
            made, told = native.ledger_restore(self._native, saved)
        else:
            made, told = native.ledger_restore_file(self._native, os.fspath(saved))
        ledger = Ledger.__new__(Ledger)
        ledger._adopt(self, made, language)
        return ledger, carried_of(told)

    def partition_keys(self, kind: str) -> tuple[str, ...]:
        """Fields by which rows of a type may be split over machines so that every group is whole; () when there are none."""
        e = self._native
        return tuple(
            native.engine_partition_key(e, kind, i) for i in range(native.engine_partition_key_count(e, kind))
        )

    def audit(
        self,
        *,
        as_of: datetime.date | str | None = None,
        period: tuple[datetime.date | str, datetime.date | str] | None = None,
        evidence: int = 1000,
        reported: Iterable[Verdict] | None = None,
        language: Language | str = Language.ZH,
        progress: Progress = None,
        threads: int = 1,
        **tables: Table | list[Table],
    ) -> Audit:
        """Judge tables: ``engine.audit(homework=frame, exam=table, school="schools.csv")``.

        Each keyword is a record type (or ``score_table``: a real table of scores, looked at as a whole); its value anything
        that :meth:`Ledger.feed` takes, or a list of such.
        """
        ledger = self.ledger(as_of=as_of, period=period, evidence=evidence, reported=reported, language=language)
        named: dict[str, Any] = {}
        e = self._native
        order = {
            native.engine_type_name(e, native.engine_feed_order(e, i)): i for i in range(native.engine_type_count(e))
        }
        for kind in sorted(tables, key=lambda name: order.get(name, len(order))):
            for name, table in _named(kind, tables[kind]):
                ledger.feed(kind, table, source=name, progress=progress, threads=threads)
                if name is not None:
                    named[name] = table
        return Audit(self, ledger, ledger.findings(), named)

    def bands(self, id: str | None = None) -> Bands:
        """A band scheme of the packs; the only one when there is one."""
        return Bands(self, id)

    def __repr__(self) -> str:
        if self.closed:
            return "<libpolicy.Engine closed>"
        packs = ", ".join(f"{pack.name} {pack.version}" for pack in self.packs)
        return f"<libpolicy.Engine {packs}: {native.engine_rule_count(self._native)} rules>"

    def _repr_html_(self) -> str:
        import html

        rows = "".join(
            f"<tr><td>{html.escape(rule.clause)}</td><td>{html.escape(rule.id)}</td><td>{html.escape(rule.title_zh)}</td></tr>"
            for rule in self.rules
        )
        return (
            f"<p>{html.escape(repr(self))}</p><table><thead><tr><th>clause</th><th>rule</th><th>title</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def _named(kind: str, given: Any) -> list[tuple[str | None, Any]]:
    """The tables of a keyword, each with the name that findings show; files show their own. A list of mappings or dataclasses
    is one table, its rows."""
    tables = given if isinstance(given, list) and given and _is_table(given[0]) else [given]
    names = [kind] if len(tables) == 1 else [f"{kind}[{i}]" for i in range(len(tables))]
    return [(None if isinstance(t, (str, os.PathLike)) else name, t) for name, t in zip(names, tables)]


def _is_table(one: Any) -> bool:
    return isinstance(one, (str, os.PathLike, bytes)) or hasattr(one, "__arrow_c_stream__") or hasattr(one, "columns")


def _yaml(value: Any) -> str:
    """A parameter as YAML flow text; JSON is such."""
    if isinstance(value, str):
        return value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_yaml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_yaml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
