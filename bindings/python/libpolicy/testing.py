"""A pytest plugin that runs the cases of packs: ``pytest -p libpolicy.testing --policy-pack rules/my-pack``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable, Iterator

import pytest

from . import native
from ._engine import Engine
from ._enums import Language
from ._handle import Handle


class Suite(Handle):
    """The cases of a pack that an engine was built from (by name), or of a folder or file (by path)."""

    __slots__ = ("engine",)

    def __init__(self, engine: Engine, pack_or_path: str) -> None:
        self.engine = engine
        self._own(native.suite_new(engine._native, pack_or_path), native.suite_free)

    def __len__(self) -> int:
        return native.suite_count(self._native)

    def name(self, case: int) -> str:
        """What a case is called."""
        name: str = native.suite_case_name(self._native, case)
        return name

    def place(self, case: int) -> tuple[str, int]:
        """File and line of a case."""
        return native.suite_case_file(self._native, case), native.suite_case_line(self._native, case)

    def run(self, case: int) -> str | None:
        """None when the case passes, else what was expected and what came."""
        difference: str | None = native.suite_run(self._native, case, Language.ZH)
        return difference


class CaseFailed(Exception):
    """A case whose findings are not those it expects."""


class PackItem(pytest.Item):
    """One case."""

    def __init__(self, *, suite: Suite, case: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.suite = suite
        self.case = case

    def runtest(self) -> None:
        difference = self.suite.run(self.case)
        if difference is not None:
            raise CaseFailed(difference)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        file, line = self.suite.place(self.case)
        return Path(file), line - 1, self.name


class PackCollector(pytest.Collector):
    """The cases of one pack."""

    def __init__(self, *, rules: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.rules = rules

    def collect(self) -> Iterator[pytest.Item]:
        engine = Engine(self.rules)
        suite = Suite(engine, self.rules if Path(self.rules).exists() else engine.packs[-1].name)
        for case in range(len(suite)):
            yield PackItem.from_parent(self, name=suite.name(case), suite=suite, case=case)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that names the packs."""
    group = parser.getgroup("libpolicy")
    group.addoption("--policy-pack", action="append", default=[], metavar="PACK", help="run the cases of this pack")


def pytest_collection(session: pytest.Session) -> None:
    """A run that names packs needs no files."""
    if session.config.getoption("--policy-pack") and not session.config.args:
        session.config.args = []


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Packs come after files."""
    packs: Iterable[str] = session.config.getoption("--policy-pack")
    for rules in packs:
        collector = PackCollector.from_parent(session, name=rules, rules=rules)
        items.extend(collector.collect())
