"""Objects of the library and their end: closed once, by hand, by ``with``, or when nobody holds them any more."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Any, Callable, TypeVar

Self = TypeVar("Self", bound="Handle")


class Handle:
    """Owns one object of the native module. After :meth:`close` every use is a ``ValueError``, never a crash."""

    __slots__ = ("_native", "_free", "__weakref__")

    _native: Any
    _free: Callable[[Any], None]

    def _own(self, native_object: Any, free: Callable[[Any], None]) -> None:
        self._free = free
        self._native = native_object

    def __del__(self) -> None:
        # Made in half, closed already, or the interpreter is taking itself apart: then there is nothing to do.
        if getattr(self, "_native", None) is not None and not sys.is_finalizing():
            self.close()

    @property
    def closed(self) -> bool:
        """Has it been closed?"""
        return self._native is None

    def close(self) -> None:
        """Free what it holds. A second time does nothing."""
        held = self._native
        if held is not None:
            self._native = None
            self._free(held)

    def __enter__(self: Self) -> Self:
        if self.closed:
            raise ValueError("the object is closed")
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Turn:
    """One call at a time: other threads wait; a callback that comes back into its own call is refused."""

    __slots__ = ("_lock", "_holder")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder = 0

    def __enter__(self) -> None:
        if not self._lock.acquire(False):
            if self._holder == threading.get_ident():
                raise RuntimeError("the object is in use by the call that this came from")
            self._lock.acquire()
        self._holder = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._holder = 0
        self._lock.release()
