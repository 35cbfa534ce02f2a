"""What can be fed: Arrow objects, frames, columns, rows, and the files that schools keep."""

from __future__ import annotations

import csv
import datetime
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Optional, Protocol, Union

from . import native
from ._values import items_of

if TYPE_CHECKING:
    from ._ledger import Ledger


class ProgressBar(Protocol):
    """What tqdm's bars have in common with those like them: told how many rows came since the last time."""

    def update(self, n: Any = ..., /) -> object: ...


#: Told while a table is fed: a callable of rows and bytes so far, or a bar such as ``tqdm(unit="rows")``.
Progress = Optional[Union[Callable[[int, int], object], ProgressBar]]

_Told = Optional[Callable[[int, int], object]]

#: Anything that :meth:`Ledger.feed` takes.
Table = Union[str, "os.PathLike[str]", bytes, Mapping[str, Iterable[Any]], Iterable[Any], Any]


def told_by(progress: Progress) -> _Told:
    """A bar wants the rows since the last time; the library tells those of the table so far."""
    if progress is None or callable(progress):
        return progress
    if not callable(getattr(progress, "update", None)):
        raise TypeError(f"progress is a callable of rows and bytes, or a bar with update(), not {type(progress)!r}")
    bar, before = progress, 0

    def tell(rows: int, size: int) -> None:
        nonlocal before
        if rows > before:
            bar.update(rows - before)
            before = rows

    return tell


def feed(ledger: Ledger, kind: str, table: Any, source: str | None, reports: Progress, threads: int) -> None:
    """Feed one table; the ledger's turn is held by the caller."""
    progress = told_by(reports)
    if isinstance(table, (str, os.PathLike)):
        _feed_path(ledger, kind, Path(table), source, progress, threads)
    elif isinstance(table, (bytes, bytearray, memoryview)):
        _feed_bytes(ledger, kind, source or kind, bytes(table), progress, threads)
    elif hasattr(table, "read") and not hasattr(table, "__arrow_c_stream__"):
        content = table.read()
        _feed_bytes(ledger, kind, source or str(getattr(table, "name", kind)), content, progress, threads)
    elif hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        _feed_arrow(ledger, kind, table, source or kind, progress, threads)
    elif isinstance(table, Mapping):
        _feed_columns(ledger, kind, table, source or kind, progress, threads)
    elif hasattr(table, "to_dict") and hasattr(table, "columns"):  # a frame without the Arrow interface
        _feed_columns(ledger, kind, {str(c): list(table[c]) for c in table.columns}, source or kind, progress, threads)
    elif isinstance(table, Iterable):
        _feed_rows(ledger, kind, table, source or kind, progress)
    else:
        raise TypeError(f"cannot read a table from {type(table)!r}")


def _feed_arrow(ledger: Ledger, kind: str, table: Any, source: str, progress: _Told, threads: int) -> None:
    if hasattr(table, "__arrow_c_stream__"):
        try:
            capsule = table.__arrow_c_stream__()
        except Exception as failure:  # pandas: a column of mixed objects is no Arrow column
            if not (hasattr(table, "to_dict") and hasattr(table, "columns")):
                raise
            columns = [list(table[name]) for name in table.columns]
            try:
                _feed_csv(ledger, kind, [str(name) for name in table.columns], zip(*columns), source, progress)
            except TypeError as other:
                raise other from failure
            return
        native.feed_stream(ledger._native, kind, capsule, source, 0, threads, False, progress)
    else:
        schema, array = table.__arrow_c_array__()
        native.feed_array(ledger._native, kind, schema, array, source, 0, threads, False, progress)


def _feed_columns(
    ledger: Ledger, kind: str, columns: Mapping[str, Any], source: str, progress: _Told, threads: int
) -> None:
    plain = {str(name): values if isinstance(values, (list, tuple)) else _listed(values) for name, values in columns.items()}
    lengths = {len(values) for values in plain.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of different lengths: { {name: len(v) for name, v in plain.items()} }")
    try:
        import pyarrow

        table = pyarrow.table(plain)
    except Exception:  # not installed, or a column of mixed values: row by row then
        _feed_csv(ledger, kind, list(plain), zip(*plain.values()), source, progress)
        return
    _feed_arrow(ledger, kind, table, source, progress, threads)


def _listed(values: Any) -> Any:
    return values if hasattr(values, "__arrow_c_array__") or hasattr(values, "__arrow_c_stream__") else list(values)


def _rows_of(columns: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    names = list(columns)
    for values in zip(*(columns[name] for name in names)):
        yield dict(zip(names, values))


def _feed_rows(ledger: Ledger, kind: str, rows: Iterable[Any], source: str, progress: _Told) -> None:
    """Rows of Python objects, through the door for files: headers, spellings and notices are the same there."""
    taken = [dict(items_of(row)) for row in rows]
    names = list(dict.fromkeys(name for row in taken for name in row))
    if not names:
        native.ledger_supply(ledger._native, kind)
        return
    _feed_csv(ledger, kind, names, ([row.get(name) for name in names] for row in taken), source, progress)


def _feed_csv(
    ledger: Ledger, kind: str, names: list[str], rows: Iterable[Iterable[Any]], source: str, progress: _Told
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    _feed_bytes(ledger, kind, source, out.getvalue(), progress)


# ---- files ----


def _feed_path(
    ledger: Ledger, kind: str, path: Path, source: str | None, progress: _Told, threads: int
) -> None:
    ending = path.suffix.lower()
    name = source or str(path)
    if ending in (".parquet", ".pq"):
        try:
            import pyarrow.parquet
        except ImportError:
            raise ImportError("reading Parquet needs pyarrow: pip install pyarrow") from None
        file = pyarrow.parquet.ParquetFile(path)
        reader = pyarrow.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches())
        _feed_arrow(ledger, kind, reader, name, progress, threads)
    elif ending in (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"):
        _feed_bytes(ledger, kind, name, _sheet_as_csv(path), progress, threads)
    elif ending in (".arrow", ".feather", ".ipc"):
        import pyarrow.feather

        _feed_arrow(ledger, kind, pyarrow.feather.read_table(path), name, progress, threads)
    else:
        table = native.table_open(ledger._engine, kind, str(path))
        try:
            native.ledger_feed_table_parallel(ledger._native, table, threads, progress)
        finally:
            native.table_free(table)


def _feed_bytes(ledger: Ledger, kind: str, name: str, content: bytes | str, progress: _Told, threads: int = 1) -> None:
    data = content.encode() if isinstance(content, str) else content
    native.feed_bytes(ledger._native, ledger._engine, kind, name, data, threads, progress)


def _sheet_as_csv(path: Path) -> bytes:
    """The first sheet that holds anything, as the same door reads CSV: titles, aliases and notes below work alike."""
    try:
        import python_calamine
    except ImportError:
        raise ImportError("reading spreadsheets needs python-calamine: pip install python-calamine") from None
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        if any(any(cell not in ("", None) for cell in row) for row in rows):
            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            for row in rows:
                writer.writerow([_cell(cell) for cell in row])
            return out.getvalue().encode()
    return b""


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if type(value).__name__ in ("NAType", "NaTType") or value != value:  # missing values of pandas, NaN
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if value.second == 0 else "seconds")
    if isinstance(value, datetime.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return str(value)
