"""CSV to findings: a file of homework rows judged by rules A and B in one pass, beside DuckDB reading it for B alone.

The library is asked through its C interface, from a path to findings, as the command does it. DuckDB reads the same file
by read_csv in the query itself. Findings of B are compared first. Memory is the command's: the peak of `policy check`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.csv

import province
import questions


def both_rules():
    question = questions.by_id("B")
    return questions.Question(**{**vars(question), "rules": questions.by_id("A").rules + question.rules})


def write(rows, folder):
    path = Path(folder) / "homework.csv"
    options = pyarrow.csv.WriteOptions(quoting_style="none")
    pyarrow.csv.write_csv(province.Homework(rows, True).table("text"), path, options)
    return path


def measure(lib, options, results):
    question = both_rules()
    with tempfile.TemporaryDirectory() as folder:
        path = write(options.rows, folder)
        engine = questions.load(lib, question, "text")
        connection = duckdb.connect()
        connection.execute(f"SET threads = {options.threads}")
        sql = question.sql.replace("FROM homework", f"FROM read_csv('{path}', header = true)")

        def ours():
            start = time.perf_counter()
            found = engine.audit_file(question.table, path, options.threads)
            return time.perf_counter() - start, found

        def theirs():
            start = time.perf_counter()
            answer = connection.sql(sql).fetchall()
            return time.perf_counter() - start, answer

        _, found = ours()
        wanted = {(name, day.isoformat(), stage, int(total)) for name, day, stage, total in theirs()[1]}
        answer = found.keyed("b")
        found.close()
        if answer != wanted:
            raise SystemExit(f"csv: the library and DuckDB disagree: {list(answer ^ wanted)[:6]}")
        times = {"libpolicy": [], "DuckDB": []}
        for _ in range(options.rounds):
            seconds, found = ours()
            found.close()
            times["libpolicy"].append(seconds)
            if not options.alone:
                times["DuckDB"].append(theirs()[0])
        engine.close()
        medians = {name: statistics.median(values) for name, values in times.items() if values}
        size = path.stat().st_size
        own = medians["libpolicy"]
        line = f"CSV to findings of A and B {own:8.4f} s {options.rows / own / 1e6:8.1f} M rows/s {size / own / 1e9:6.2f} GB/s"
        if "DuckDB" in medians:
            ratio = medians["DuckDB"] / own
            line += f"   DuckDB, B alone {medians['DuckDB']:7.3f} s = {ratio:6.1f}x"
            results.append({"goal": {"id": "P15-csv", "what": "CSV to findings, A and B, beside read_csv for B; DuckDB's time over ours",
                                     "value": round(ratio, 2), "unit": "x", "firm": 6, "moonshot": 10, "met": ratio >= 6}})
        print(line, flush=True)
        peak = peak_of_command(lib, question, path, folder)
        if peak:
            print(f"CSV: the command's peak over {size / 1e6:.0f} MB is {peak / 1e6:.0f} MB", flush=True)
            results.append({"goal": {"id": "P16-csv", "what": "peak of `policy check` over the CSV file", "value": round(peak / 1e6, 1),
                                     "unit": "MB", "firm": 32, "moonshot": 16, "met": peak <= 32e6}})


def peak_of_command(lib, question, path, folder):
    """Bytes of the command's largest resident set over the file; None where there is no command beside the library."""
    command = lib.path.parent / "policy"
    if not command.exists():
        return None
    for name, text in questions.memory(question, "text"):
        file = Path(folder) / "rules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    rules = str(Path(folder) / "rules")
    # A child's peak counts what its parent held when it was forked: so the parent is a small one.
    starter = ("import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
               "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run([sys.executable, "-S", "-c", starter, command, "check", "-I", rules, "-r", "bench", "-j", "1", "--evidence", "0", "-f", "jsonl", "-o", "/dev/null",
                           f"homework={path}"], capture_output=True)
    code, peak = map(int, done.stdout.split())
    if code not in (0, 1, 3):
        raise SystemExit(f"csv: policy check: {done.stderr.decode()}")
    return peak * 1024
