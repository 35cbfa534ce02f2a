"""Numbers of the library by name. New ones may come with a newer library: those are kept as ``UNKNOWN_<n>``."""

from __future__ import annotations

from enum import IntEnum


class _Open(IntEnum):
    """An enumeration that a newer library may have more of."""

    @classmethod
    def _missing_(cls, value: object) -> _Open | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class Status(_Open):
    """Outcome of a call."""

    OK = 0
    NOMEM = 1
    ARGUMENT = 2
    STATE = 3
    LIMIT = 4
    CANCELLED = 5
    NOT_FOUND = 6
    IO = 7
    ENCODING = 8
    SYNTAX = 9
    TYPE = 10
    NAME = 11
    DUPLICATE = 12
    VERSION = 13
    TIGHTEN = 14
    DATA = 15
    EVALUATE = 16
    SCRIPT = 17
    INTERNAL = 18


class Verdict(_Open):
    """What a rule says of a record or group."""

    PASS = 0
    FAIL = 1
    UNKNOWN = 2
    NOT_APPLICABLE = 3
    NOT_IN_FORCE = 4
    ERROR = 5


class Severity(_Open):
    """How grave a finding is."""

    INFO = 0
    WARNING = 1
    VIOLATION = 2


class Language(_Open):
    """Language of texts made for people."""

    ZH = 0
    EN = 1


class NoticeKind(_Open):
    """What was noticed about the data."""

    UNREADABLE_CELL = 1
    UNKNOWN_COLUMN = 2
    RAGGED_ROW = 3
    SKIPPED_ROW = 4
    DEFAULT_USED = 5
    EQUAL_ROWS = 6
    ENCODING = 7
    ASSUMPTION = 8
    TYPE_NOT_SUPPLIED = 9
    TITLE_LINE = 10
    DUPLICATE_COLUMN = 11
    COLUMN_LEFT_OUT = 12
    SCORE_RANGE = 13
    FULL_MARKS = 14
    NO_STUDENT = 15
    NOT_COMPARED = 16


class Band(_Open):
    """What a score becomes that gets no band."""

    ABSENT = -1
    EXEMPT = -2
    NONE = -3
    UNREADABLE = -4
    NEGATIVE = -5
    ABOVE_FULL = -6
    NO_FULL_MARKS = -7


class CarryKind(_Open):
    """What a line about carrying over speaks of."""

    MEASURE = 0
    RULE = 1
    TYPE = 2


class CarryResult(_Open):
    """What became of it."""

    CARRIED = 0
    CHANGED = 1
    GONE = 2
    NEW = 3


class Limit(_Open):
    """A limit that a host may move and a pack may not."""

    PACK_BYTES = 1
    EXPRESSION_BYTES = 2
    EXPRESSION_DEPTH = 3
    EVALUATION_STEPS = 4
    EVALUATION_BYTES = 5
    REGEX_INSTRUCTIONS = 6
    CELL_BYTES = 7
    COLUMNS = 8
    SCRIPT_BYTES = 9
    SCRIPT_STEPS = 10
    SCRIPT_MILLISECONDS = 11


def language_of(value: Language | str) -> Language:
    """From ``"zh"``, ``"en"`` or the member itself."""
    if type(value) is Language:  # the usual case, and the quick one
        return value
    return Language[value.upper()] if isinstance(value, str) else Language(value)
