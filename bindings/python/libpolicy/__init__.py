"""libpolicy: school records judged against written education policy.

    import libpolicy
    engine = libpolicy.Engine("huancui-2021")
    print(engine.audit(homework="homework.csv").findings)
"""

from __future__ import annotations

from . import native
from ._enums import Band, CarryKind, CarryResult, Language, Limit, NoticeKind, Severity, Status, Verdict
from ._errors import (
    ArgumentError,
    CancelledError,
    DataError,
    LimitError,
    NotFoundError,
    PolicyError,
    Problem,
    RulesError,
    StateError,
)
from ._audit import Audit, RuleSummary
from ._bands import Bands, BandSheet
from ._engine import RULES_DIRECTORY, Engine, Pack, Rule
from ._evaluate import Unknown, evaluate
from ._findings import Finding, Findings, Notice, Row
from ._ledger import Carried, Headroom, Ledger, Record
from ._version import __version__

__all__ = [
    "ArgumentError", "Audit", "Band", "BandSheet", "Bands", "CancelledError", "Carried", "CarryKind", "CarryResult", "DataError", "Engine", "Finding", "Findings", "Headroom",
    "Language", "Ledger", "Limit", "LimitError", "NotFoundError", "Notice", "NoticeKind", "Pack", "PolicyError", "Problem",
    "RULES_DIRECTORY", "Record", "Row", "Rule", "RuleSummary", "RulesError", "Severity", "StateError", "Status", "Unknown",
    "Verdict", "__version__", "evaluate", "library_version", "lua_release",
]  # fmt: skip


def library_version() -> str:
    """Version of the C library that is loaded."""
    version: str = native.version()
    return version


def lua_release() -> str:
    """Release of the Lua library that runs scripts."""
    release: str = native.lua_release()
    return release


if library_version() != __version__:
    raise ImportError(
        f"libpolicy {__version__} found the C library {library_version()}: package and library must be of one release"
    )
