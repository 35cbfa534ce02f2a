"""Python values as the library takes them."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
from typing import Any, Iterator, Mapping

from . import native

EPOCH = datetime.date(1970, 1, 1).toordinal()
_ZERO = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_DATE, _TIME, _TIMESTAMP = 6, 7, 8


def day_of(value: datetime.date | str) -> int:
    """Days since 1970-01-01."""
    if isinstance(value, str):
        value = datetime.date.fromisoformat(value)
    return value.toordinal() - EPOCH


def _convert(value: Any) -> Any:
    """What is not None, bool, int, float or str: one of those, or a kind of the library's and a number."""
    if type(value).__name__ in ("NAType", "NaTType"):  # pandas' missing values
        return None
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            return value.isoformat(" ")
        since = value - _ZERO
        return (_TIMESTAMP, (since.days * 86400 + since.seconds) * 1000000 + since.microseconds)
    if isinstance(value, datetime.date):
        return (_DATE, value.toordinal() - EPOCH)
    if isinstance(value, datetime.time):
        return (_TIME, value.hour * 3600 + value.minute * 60 + value.second)
    if isinstance(value, decimal.Decimal):
        return str(value)
    for attribute in ("to_pydatetime", "item"):  # pandas' and NumPy's scalars
        method = getattr(value, attribute, None)
        if callable(method):
            plain = method()
            if type(plain) is not type(value):
                return plain if isinstance(plain, (bool, int, float, str)) or plain is None else _convert(plain)
    if hasattr(value, "__index__"):
        return value.__index__()
    raise TypeError(f"a field cannot take {type(value)!r}")


native.set_value_converter(_convert)


def items_of(values: Any) -> Iterator[tuple[str, Any]]:
    """Field names and values of a mapping, a dataclass or a named tuple."""
    if isinstance(values, Mapping):
        yield from values.items()
    elif dataclasses.is_dataclass(values) and not isinstance(values, type):
        for field in dataclasses.fields(values):
            yield field.name, getattr(values, field.name)
    elif hasattr(values, "_asdict"):
        yield from values._asdict().items()
    else:
        raise TypeError(f"expected a mapping or a dataclass, not {type(values)!r}")
