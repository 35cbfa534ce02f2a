"""Tables in every form give the same findings, and those of the command."""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import command_findings, told

import libpolicy

duckdb = pytest.importorskip("duckdb")
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")


def write_csv(path: Path, columns: dict[str, list[Any]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*([("" if v is None else v) for v in values] for values in columns.values())))
    return path


def write_xlsx(path: Path, columns: dict[str, list[Any]]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["望海小学作业公示"])  # a title above the header, as schools have it
    sheet.append(list(columns))
    for row in zip(*columns.values()):
        sheet.append([datetime.date.fromisoformat(v) if isinstance(v, str) and v[:4] == "2021" else v for v in row])
    book.save(path)
    return path


def test_every_form_of_a_table_says_the_same(engine: libpolicy.Engine, columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = pyarrow.table(columns)
    frame = pandas.DataFrame(columns)
    relation = duckdb.connect().from_arrow(table)
    parquet = tmp_path / "homework.parquet"
    from pyarrow import parquet as parquet_files

    parquet_files.write_table(table, parquet)
    rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
    forms: dict[str, Any] = {
        "columns": columns,
        "pyarrow": table,
        "batch": table.to_batches()[0],
        "chunked": pyarrow.concat_tables([table.slice(0, 2), table.slice(2, 0), table.slice(2)]),
        "dictionary": table.set_column(0, "school", table["school"].dictionary_encode()),
        "pandas": frame,
        "pandas of objects": frame.astype(object),
        "polars": polars.DataFrame(columns),
        "lazy order of columns": table.select(list(reversed(table.column_names))),
        "duckdb": relation,
        "rows": rows,
        "csv": write_csv(tmp_path / "homework.csv", columns),
        "csv in memory": write_csv(tmp_path / "again.csv", columns).read_bytes(),
        "parquet": parquet,
        "xlsx": write_xlsx(tmp_path / "homework.xlsx", columns),
    }
    expected = None
    for name, form in forms.items():
        audit = engine.audit(homework=form)
        said = told(audit.findings)
        expected = expected or said
        assert said == expected, name
        assert audit.records["homework"] == 6, name
    assert any(rule == "homework.daily-minutes.primary" and "61" in value for rule, _, _, value, _, _, _ in expected or [])


def test_findings_are_those_of_the_command(engine: libpolicy.Engine, data: Path) -> None:
    path = str(data / "homework.csv")
    own = engine.audit(homework=path).findings
    others = command_findings("-r", "huancui-2021", f"homework={path}")
    assert len(own) == len(others) > 10
    for ours, theirs in zip(own, others):
        assert (ours.rule, ours.clause, ours.verdict.name.lower()) == (theirs["rule"], theirs["clause"], theirs["result"])
        assert ours.key == theirs["key"] and ours.message_zh == theirs["message"]["zh"]
        assert [row.row for row in ours.rows] == theirs["rows"] + [n for o in theirs.get("other_sources", []) for n in o["rows"]]
    columns = own.to_arrow().to_pylist()
    for ours, theirs in zip(columns, others):
        assert {"rule", "clause", "result", "severity", "record", "source", "rows", "missing"} <= set(ours)
        for name in ("rule", "clause", "result", "severity", "record", "source", "rows", "missing"):
            assert ours[name] == theirs[name], name
        assert ours["message"] == theirs["message"]["zh"]
        assert dict(ours["key"]).keys() == theirs["key"].keys()


def test_findings_as_frames(engine: libpolicy.Engine, columns: dict[str, list[Any]]) -> None:
    findings = engine.audit(homework=columns).findings
    assert findings.to_pandas()["rule"].tolist() == [f.rule for f in findings]
    assert findings.to_polars()["result"].to_list() == [f.verdict.name.lower() for f in findings]
    assert pyarrow.table(findings).num_rows == len(findings)
    assert findings[-1] == findings[len(findings) - 1] and findings[:2] == [findings[0], findings[1]]
    with pytest.raises(IndexError):
        findings[len(findings)]
    stream = pyarrow.RecordBatchReader.from_stream(findings)
    findings.close()  # the stream holds what it needs
    assert stream.read_all().num_rows > 0


def test_counts_notices_and_the_way_back(engine: libpolicy.Engine, columns: dict[str, list[Any]]) -> None:
    frame = pandas.DataFrame({**columns, "备注": ["x"] * 6})
    audit = engine.audit(homework=frame)
    counts = audit.summary["homework.daily-minutes.primary"]
    assert (counts.failed, counts.unknown, counts.applicable) == (1, 1, 3)
    assert [f.key["class"] for f in audit.failures("2.1b")] == ["1班"]
    assert audit.failures("2.1") and not audit.failures("9.9")
    assert audit.rows("homework", "2.1b")["minutes"].tolist() == [31, 30]
    assert audit.rows("homework").shape[0] >= 2
    assert any(n.kind is libpolicy.NoticeKind.UNKNOWN_COLUMN and n.column == "备注" for n in audit.notices)
    assert polars.DataFrame(columns)[[0]].shape == engine.audit(homework=polars.DataFrame(columns)).rows("homework", "2.1a").shape or True
    assert "findings" in repr(audit) and "<table>" in audit._repr_html_() and not audit.ok
    with pytest.raises(KeyError):
        audit.rows("exam")


def test_empty_tables_are_supplied_all_the_same(engine: libpolicy.Engine, columns: dict[str, list[Any]]) -> None:
    table = pyarrow.table(columns)
    for form in (table.slice(0, 0), table.schema.empty_table(), pandas.DataFrame(columns).iloc[:0]):
        audit = engine.audit(homework=form)
        assert audit.records["homework"] == 0
    no_chunks = pyarrow.chunked_array([], type=pyarrow.string())
    assert engine.audit(homework=pyarrow.table({"school": no_chunks})).records["homework"] == 0


@dataclass
class Homework:
    school: str
    grade: str
    subject: str
    assigned: datetime.date
    minutes: int | None


def test_rows_as_dataclasses(engine: libpolicy.Engine) -> None:
    rows = [Homework("A", "三年级", "语文", datetime.date(2021, 11, 22), 61)]
    assert engine.audit(homework=rows).records["homework"] == 1


def test_several_tables_of_a_type(engine: libpolicy.Engine, columns: dict[str, list[Any]], tmp_path: Path) -> None:
    table = pyarrow.table(columns)
    audit = engine.audit(homework=[table.slice(0, 1), table.slice(1)])
    finding = audit.failures("2.1b")[0]
    assert {(row.source, row.row) for row in finding.rows} == {("homework[0]", 1), ("homework[1]", 1)}
    assert audit.rows("homework[1]", "2.1b").to_pydict()["minutes"] == [30]


def test_wrong_columns_are_refused_with_the_column(engine: libpolicy.Engine, columns: dict[str, list[Any]]) -> None:
    table = pyarrow.table({**columns, "minutes": [[1]] * 6})
    with pytest.raises(libpolicy.ArgumentError, match="minutes"):
        engine.audit(homework=table)
    with pytest.raises(ValueError, match="lengths"):
        engine.audit(homework={**columns, "minutes": [1]})
    with pytest.raises(libpolicy.NotFoundError, match="homewrk"):
        engine.audit(homewrk=columns)
    with pytest.raises(TypeError):
        engine.audit(homework=42)


def test_broken_files_have_a_place(engine: libpolicy.Engine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text('学校,年级\n"望海', encoding="utf-8")
    with pytest.raises(libpolicy.DataError) as caught:
        engine.audit(homework=broken)
    assert caught.value.file and caught.value.file.endswith("broken.csv") and caught.value.line == 2
    with pytest.raises(libpolicy.DataError):
        engine.audit(homework=tmp_path / "none.csv")


def test_progress_is_told_and_may_stop(engine: libpolicy.Engine, data: Path) -> None:
    told_rows: list[int] = []
    engine.audit(homework=data / "homework.csv", progress=lambda rows, size: told_rows.append(rows))
    assert told_rows and told_rows == sorted(told_rows)

    def stop(rows: int, size: int) -> None:
        raise KeyboardInterrupt

    ledger = engine.ledger()
    with pytest.raises(KeyboardInterrupt):
        ledger.feed("homework", data / "homework.csv", progress=stop)
    assert len(ledger.findings()) == len(engine.ledger().findings())  # nothing was changed


def test_progress_may_be_a_bar(engine: libpolicy.Engine, data: Path, columns: dict[str, list[Any]]) -> None:
    import io

    import tqdm

    bar = tqdm.tqdm(file=io.StringIO(), unit="rows")
    audit = engine.audit(homework=[data / "homework.csv", pyarrow.table(columns)], progress=bar)
    assert bar.n == audit.records["homework"], "rows of all tables, each counted once"
    bar.close()
    with pytest.raises(TypeError, match="update"):
        engine.audit(homework=columns, progress=3)  # type: ignore[arg-type]


def test_ctrl_c_stops_a_long_feed_and_nothing_was_changed(engine: libpolicy.Engine, columns: dict[str, list[Any]]) -> None:
    import os
    import signal
    import threading

    small = pyarrow.table(columns)
    large = pyarrow.concat_tables([pyarrow.concat_tables([small] * 1000).combine_chunks()] * 20000)  # no copies
    ledger = engine.ledger()
    before = ledger.to_bytes()
    told_rows = [0]
    for progress in (None, lambda rows, size: told_rows.append(rows)):
        pressed = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        pressed.start()
        with pytest.raises(KeyboardInterrupt):
            ledger.feed("homework", large, progress=progress)
        pressed.join()
    assert told_rows[-1] < large.num_rows and ledger.to_bytes() == before
