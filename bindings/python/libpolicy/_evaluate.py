"""One expression of the rule language, outside any rule."""

from __future__ import annotations

import base64
import datetime
import json
from typing import Any, Mapping

from . import native
from ._enums import Language
from ._errors import PolicyError, Problem, RulesError
from ._enums import Status


class Unknown:
    """The value of an expression that depends on variables without a value."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = tuple(missing)

    def __repr__(self) -> str:
        return f"Unknown(missing={list(self.missing)})"

    def __bool__(self) -> bool:
        raise TypeError("unknown is neither true nor false")


def evaluate(expr: str, vars: Mapping[str, Any] | None = None, *, types: Mapping[str, str] | None = None) -> Any:
    """The value of an expression: ``evaluate("minutes <= cap", {"minutes": 45, "cap": 60})``.

    Values are None, bool, int, float, str, bytes, dates, times, lists and dictionaries. Raises :class:`RulesError` when the
    expression does not check, :class:`PolicyError` when it breaks. A variable with a type in ``types`` but no value makes
    the answer :class:`Unknown`.
    """
    request: dict[str, Any] = {"expr": expr, "vars": {}, "types": dict(types or {})}
    for name, value in (vars or {}).items():
        if isinstance(value, datetime.datetime):
            request["types"].setdefault(name, "timestamp")
            value = value.isoformat()
        elif isinstance(value, datetime.date):
            request["types"].setdefault(name, "date")
            value = value.isoformat()
        request["vars"][name] = value
    reply = json.loads(native.expression_evaluate(json.dumps(request, ensure_ascii=False, allow_nan=False), Language.EN))
    if "error" in reply:
        chinese = json.loads(
            native.expression_evaluate(json.dumps(request, ensure_ascii=False), Language.ZH)
        )
        checked = json.loads(
            native.expression_evaluate(json.dumps({**request, "check": True}, ensure_ascii=False), Language.EN)
        )
        broken = "error" not in checked
        problem = Problem(
            Status.EVALUATE if broken else Status.SYNTAX,
            chinese["error"],
            reply["error"],
            line=reply.get("line"),
            column=reply.get("column"),
        )
        raise (PolicyError if broken else RulesError)([problem])
    if reply["type"] == "unknown":
        return Unknown(reply["missing"])
    return _value(reply)


def _value(reply: Mapping[str, Any]) -> Any:
    kind = reply["type"]
    value: Any = reply.get("value")
    if kind in ("int", "uint"):
        return int(value)
    if kind == "double":
        return float(value)
    if kind == "bytes":
        return base64.b64decode(value)
    if kind == "date":
        return datetime.date.fromisoformat(value)
    if kind.startswith("list"):
        return [_value(one) for one in value]
    if kind.startswith("map"):
        return {_value(key): _value(one) for key, one in value}
    return value
