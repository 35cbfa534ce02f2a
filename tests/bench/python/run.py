"""What the Python package adds to the C interface: an audit of one large pyarrow table, and a check of one record.

    run.py LIBRARY [--rows N] [--json FILE]

LIBRARY is an optimised libpolicy.so; the package must be installed in this Python. Both get the same table, in turn, round by
round; their findings are compared first. Called by `./dev bench python`.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
import timeit
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "batch"))

import libpolicy  # noqa: E402
import library  # noqa: E402
import province  # noqa: E402
import questions  # noqa: E402

ROUNDS = 5
RULES = [
    "deny: grade <= 2 && form == 'written' && place == 'home'",
    "deny: minutes > 90",
    "per: [school, class, date]\n  measure: sum(minutes)\n  at_most: 150",
]


def clock(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    table = province.Homework(arguments.rows, shuffled=True).table("codes")
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder, "bench.yaml")
        Path(folder, "schema").mkdir()
        Path(folder, "schema", "province.yaml").write_text(questions.SCHEMA.format(key="string"), encoding="utf-8")
        pack.write_text(questions.PACK + "".join(
            questions.rule(f"r{i}", f"table: homework\n  {body}") for i, body in enumerate(RULES)), encoding="utf-8")
        c = library.Library(arguments.library).engine(pack, directories=[folder])
        python = libpolicy.Engine(str(pack), directories=[folder])
        in_c, in_python, found = [], [], None
        for _ in range(ROUNDS + 1):  # the first round warms
            seconds, ours = clock(lambda: c.audit({"homework": table}, evidence=1000, trusted=False))
            count = ours.count()
            ours.close()
            in_c.append(seconds)
            seconds, audit = clock(lambda: python.audit(homework=table))
            in_python.append(seconds)
            found = len(audit.findings)
            if found != count:
                sys.exit(f"the findings differ: {count} by the C interface, {found} by the package")
            del audit
    c_time, python_time = statistics.median(in_c[1:]), statistics.median(in_python[1:])
    ratio = statistics.median(p / c for p, c in zip(in_python[1:], in_c[1:]))
    rows = []

    def tell(name, what, value, unit, firm):
        rows.append({"id": name, "what": what, "value": round(value, 3), "unit": unit, "firm": firm, "moonshot": firm, "met": value <= firm})
        print(f"{name:4} {what:74} {value:8.3f} {unit:3} goal <= {firm}{'' if value <= firm else '   missed'}")

    tell("Y1", f"audit of {arguments.rows:,} rows, {found} findings: package {python_time:.2f} s by C {c_time:.2f} s", ratio, "x", 1.05)
    engine = libpolicy.Engine(str(HERE.parents[2] / "bindings/java/bench/pack.yaml"))
    ledger, record = engine.ledger(), engine.record("homework", grade=3, form="written", minutes=20, mandatory=True)
    ledger.supply("homework")
    if ledger.check(record):
        sys.exit("the record should cause nothing")

    def change():
        record["minutes"] = 20
        return ledger.check(record)

    for name, what, call in [("Y2", "check of a reused record", lambda: ledger.check(record)), ("Y3", "change a field and check", change),
                             ("Y4", "would_pass of a reused record", lambda: ledger.would_pass(record))]:
        tell(name, what, statistics.median(timeit.repeat(call, number=50000, repeat=7)) / 50000 * 1e6, "us", 3)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
