"""Judge a province, beside the same questions put to DuckDB and polars.

Called by `./dev bench batch`. All engines get the same rows; their answers are compared first, then timed in turn, round
by round, so that a slow minute of the machine hits all of them. Printed are medians and ratios; --json writes the goals
that were measured.
"""

import argparse
import ctypes
import datetime
import gc
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

for place, word in enumerate(sys.argv):  # polars sizes its pool when it is imported
    if word == "--threads":
        os.environ["POLARS_MAX_THREADS"] = sys.argv[place + 1]
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

import family
import files
import library
import province
import questions

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
FAIL = 1 << library.VERDICTS["fail"]


def clock(function):
    gc.collect()
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def read_bandwidth():
    """Bytes a second that one thread of this machine reads, by the best of a few passes over 1 GiB."""
    block = np.ones(1 << 27, np.int64)
    return max(block.nbytes / clock(block.max)[0] for _ in range(5))


def memory_of(kind):
    """Bytes of this process: VmRSS (resident now), VmHWM (the most since the mark was set back)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(kind + ":"):
            return int(line.split()[1]) * 1024
    return 0


def peak_of(function):
    """Bytes that a call needs beyond what was resident before it, at most; None where the system does not tell."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)  # what earlier calls gave back counts as not there
    except AttributeError:
        pass
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return None
    before = memory_of("VmRSS")
    kept = function()
    peak = memory_of("VmHWM") - before
    del kept
    return max(0, peak)


# ---- engines ---------------------------------------------------------------------------------------------------------


class Ours:
    name = "libpolicy"

    def __init__(self, lib, question, shape, table, threads):
        self.engine = questions.load(lib, question, shape)
        self.tables, self.threads, self.question = {question.table: table}, threads, question

    def run(self, threads=None, reported=FAIL):
        return self.engine.audit(self.tables, threads=threads or self.threads, reported=reported)

    def answer(self):
        """The answer in the form of the peers: rows, keys with values, or counts."""
        found = self.run()
        try:
            return {"rows": found.rows, "groups": found.keyed, "texts": found.texts,
                    "counts": lambda: tuple(found.failed().values())}[self.question.answer]()
        finally:
            found.close()

    def time(self):
        # Counting rules needs no findings; the others give one finding for each row or group that fails.
        reported = 0 if self.question.answer == "counts" else FAIL
        seconds, found = clock(lambda: self.run(reported=reported))
        found.close()
        return seconds


class DuckDB:
    name = "DuckDB"

    def __init__(self, question, shape, table, threads):
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {threads}")
        self.question = question
        self.connection.register("incoming", table)
        columns = []
        for column in table.schema:
            plain = f'"{column.name}"'
            if pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
                words = table[column.name].combine_chunks()
                words = words.dictionary if hasattr(words, "dictionary") else words.chunk(0).dictionary
                kind = f"enum_{column.name}"
                values = ", ".join("'" + str(w).replace("'", "''") + "'" for w in words.to_pylist())
                self.connection.execute(f"CREATE TYPE {kind} AS ENUM ({values})")
                plain += f"::{kind} AS \"{column.name}\""
            elif pa.types.is_dictionary(column.type):
                plain += f"::{'DATE' if pa.types.is_date(column.type.value_type) else 'INTEGER'} AS \"{column.name}\""
            columns.append(plain)
        self.connection.execute(f"CREATE TABLE {question.table} AS SELECT {', '.join(columns)} FROM incoming")
        self.connection.unregister("incoming")

    def run(self):
        return pa.table(self.connection.sql(self.question.sql))

    def answer(self):
        return peer_answer(self.question, self.run())

    def time(self):
        return clock(self.run)[0]

    def close(self):
        self.connection.close()


class Polars:
    name = "polars"

    def __init__(self, question, shape, table, threads):
        frame = pl.from_arrow(table)
        self.frame, self.question = frame, question

    def run(self):
        return self.question.polars(self.frame)

    def answer(self):
        return peer_answer(self.question, self.run().to_arrow())

    def time(self):
        return clock(self.run)[0]

    def close(self):
        self.frame = None


def peer_answer(question, table):
    rows = list(zip(*(normal(column) for column in table.columns))) if table.num_rows else []
    if question.answer == "counts":
        return rows[0]
    return {row[0] for row in rows} if question.answer in ("rows", "texts") else set(rows)


def normal(column):
    """Values of an Arrow column as the library writes them: dates as ISO texts, numbers as int."""
    return [value.isoformat() if isinstance(value, datetime.date) else
            int(value) if isinstance(value, (int, float)) or hasattr(value, "as_tuple") else value
            for value in column.to_pylist()]


# ---- one question ----------------------------------------------------------------------------------------------------


def check(question, engines):
    answers = {engine.name: engine.answer() for engine in engines}
    first = answers[engines[0].name]
    for name, answer in answers.items():
        if answer != first:
            difference = (set(first) ^ set(answer)) if isinstance(first, set) else (first, answer)
            raise SystemExit(f"{question.id}: {engines[0].name} and {name} disagree: {str(list(difference)[:6])}")
    return len(first)


def measure(question, shape, order, table, options, lib, results):
    engines = [Ours(lib, question, shape, table, options.threads)]
    if not options.alone:
        engines.append(DuckDB(question, shape, table, options.threads))
        if options.polars and question.polars:
            engines.append(Polars(question, shape, table, options.threads))
    found = check(question, engines)
    peak = peak_of(engines[0].time)
    times = {engine.name: [] for engine in engines}
    for _ in range(options.rounds):
        for engine in engines:
            times[engine.name].append(engine.time())
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = medians["libpolicy"]
    line = f"{question.id:3} {shape:6}{order:9}{found:9,} found {ours:8.4f} s {table.num_rows / ours / 1e6:8.1f} M rows/s"
    line += f" {table.num_rows * question.bytes_a_row / ours / 1e9:6.2f} GB/s"
    for name, seconds in medians.items():
        if name != "libpolicy":
            line += f"   {name} {seconds:7.3f} s = {seconds / ours:6.1f}x"
    if peak is not None:
        line += f"   {peak / 1e6:.0f} MB beyond the columns"
        if options.rows >= 20_000_000:
            results.append({"goal": {"id": f"memory-{question.id}-{shape}-{order}", "what": f"{question.what}; beyond the columns",
                                     "value": round(peak / 1e6, 1), "unit": "MB", "firm": 200, "moonshot": 200,
                                     "met": peak <= 200e6}})
    print(line, flush=True)
    goal = question.goals.get(f"{shape}-{order}") or question.goals.get(shape)
    result = {"question": question.id, "what": question.what, "shape": shape, "order": order, "rows": table.num_rows,
              "found": found, "threads": options.threads, "medians": medians,
              "bytes_a_row": question.bytes_a_row}
    if goal and "DuckDB" in medians:
        identity, firm, moonshot = goal
        ratio = medians["DuckDB"] / ours
        result["goal"] = {"id": f"{identity}-{shape}-{order}", "what": f"{question.what}; DuckDB's time over ours",
                          "value": round(ratio, 2), "unit": "x", "firm": firm, "moonshot": moonshot, "met": ratio >= firm}
    results.append(result)
    for engine in engines[1:]:
        engine.close()
    engines[0].engine.close()


def tables_of(question, options):
    """(shape, order, table) of every form in which the question is put."""
    for order in ("sorted", "shuffled"):
        rows = None
        for shape in question.shapes:
            if shape not in options.shapes or (order == "sorted" and question.id in ("D", "family")):
                continue
            if question.id == "D":
                table = province.twenty_table(options.rows // 2)
            elif question.id == "family":
                table = family.table(ROOT, options.rows, shape)
            else:
                make = province.Exams if question.id == "C" else province.Homework
                rows = rows or make(options.rows, order == "shuffled")
                table = rows.table(shape)
            yield shape, order, table.select(question.columns) if question.columns else table


def size_of_library(lib):
    """Bytes of the shared library without its symbol table."""
    stripped = HERE / "stripped.so"
    os.system(f"strip -o '{stripped}' '{lib.path}'")
    size = stripped.stat().st_size
    stripped.unlink()
    return size


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", default=ROOT / "build/release/libpolicy.so", help="the shared library to measure")
    parser.add_argument("--rows", type=int, default=20_000_000, help="rows of a table (20,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds whose median counts (5)")
    parser.add_argument("--threads", type=int, default=1, help="threads of every engine (1)")
    parser.add_argument("--only", default="", help="questions, such as A,B2,CSV; all unless told")
    parser.add_argument("--shapes", default="raw,codes,text", help="raw,codes,text")
    parser.add_argument("--polars", action="store_true", help="ask polars too (minutes, not seconds)")
    parser.add_argument("--alone", action="store_true", help="no peers")
    parser.add_argument("--json", help="write the goals that were measured to this file")
    return parser.parse_args()


def main():
    options = arguments()
    lib = library.Library(options.library)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
          f"DuckDB {duckdb.__version__}, polars {pl.__version__}, {options.threads} thread(s), {options.rows:,} rows; "
          f"one thread reads {read_bandwidth() / 1e9:.1f} GB/s", flush=True)
    results = []
    wanted = options.only.split(",") if options.only else [*(q.id for q in questions.QUESTIONS), "CSV"]
    for identity in wanted:
        if identity == "CSV":
            files.measure(lib, options, results)
            continue
        question = questions.by_id(identity)
        for shape, order, table in tables_of(question, options):
            measure(question, shape, order, table, options, lib, results)
    goals = [result["goal"] for result in results if "goal" in result]
    size = size_of_library(lib)
    goals.append({"id": "P18", "what": "stripped shared library", "value": size, "unit": "bytes", "firm": 500_000,
                  "moonshot": 300_000, "met": size <= 500_000})
    for goal in goals:
        print(f"{goal['id']:22} {goal['value']:>10} {goal['unit']:5} firm {goal['firm']}, moonshot {goal['moonshot']}: "
              f"{'met' if goal['met'] else 'NOT met'}")
    if options.json:
        Path(options.json).write_text(json.dumps(goals, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
