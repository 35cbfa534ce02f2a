#!/usr/bin/env python3
"""The forms of a report say the same, read back with real parsers, and none of them carries a control byte.

Run over every sheet in data/, hostile ones included: JSON lines against JSON against CSV, finding by finding.
"""
import argparse
import csv
import io
import json
import pathlib
import re
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parent / "data"
FORMULA = re.compile(r"^[ \u00a0\u3000\ufeff\n]*[=+\-@\t\r＝＋－＠]")
# C0 but for line breaks, DEL, C1, and what reorders or hides text.
CONTROL = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def run(policy, *arguments):
    done = subprocess.run([policy, "check", "-r", "packs/small", *arguments], cwd=DATA, capture_output=True, timeout=60)
    return done.returncode, done.stdout


def escaped(text):
    """As the command shows text that is not JSON."""
    return "".join(f"\\x{ord(c):02x}" if ord(c) < 0x20 or ord(c) == 0x7f else f"\\u{{{ord(c):x}}}" if CONTROL.match(c) else c for c in text)


def text_of(value):
    return "" if value is None else escaped(value) if isinstance(value, str) else json.dumps(value)


def compare(policy, name, argument):
    code, lines = run(policy, "--format", "jsonl", argument)
    check(code != 2, f"{name}: exit 2")
    findings = [json.loads(line) for line in lines.decode().splitlines()]
    code_json, whole = run(policy, "--format", "json", argument)
    document = json.loads(whole.decode())
    check(code_json == code and document["findings"] == findings, f"{name}: json and jsonl differ")
    for finding in findings:
        counted = document["summary"][finding["rule"]]
        check(counted[finding["result"]] > 0, f"{name}: {finding['rule']} is not counted")
        check(set(finding["message"]) == {"zh", "en"} and all(finding["message"].values()), f"{name}: a message is missing")
    code_csv, table = run(policy, "--format", "csv", "--lang", "en", argument)
    check(code_csv == code and table.startswith(b"\xef\xbb\xbf"), f"{name}: csv")
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    check(len(rows) == len(findings), f"{name}: csv has {len(rows)} rows, jsonl {len(findings)}")
    for row, finding in zip(rows, findings):
        for column, cell in row.items():
            check(not FORMULA.match(cell) or re.fullmatch(r"-?[0-9.]+", cell), f"{name}: {column} is a formula: {cell!r}")
            row[column] = cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell
        for column in ("rule", "clause", "result", "severity", "record"):
            check(row[column] == finding[column], f"{name}: csv says {column} {row[column]!r}")
        for column, value in finding["key"].items():
            check(row[column] == text_of(value), f"{name}: csv says {column} {row[column]!r}, json {value!r}")
        check(row["rows"].split() == [str(r) for r in finding["rows"]], f"{name}: csv says rows {row['rows']!r}")
        check(row["missing"].split() == finding["missing"], f"{name}: csv says missing {row['missing']!r}")
        check(row["message"] == escaped(finding["message"]["en"]), f"{name}: csv says {row['message']!r}")
    _, text = run(policy, argument)
    for form, output in (("jsonl", lines), ("json", whole), ("csv", table.replace(b"\r\n", b"\n")[3:]), ("text", text)):
        found = CONTROL.search(output.decode())
        check(found is None, f"{name}: {form} carries a control byte: {found}")
        check(b"\r" not in output, f"{name}: {form} carries a carriage return")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--policy", required=True)
    policy = str(pathlib.Path(parser.parse_args().policy).resolve())
    sheets = sorted(DATA.glob("homework*.csv"))
    check(len(sheets) > 8, "the sheets are gone")
    for sheet in sheets:
        compare(policy, sheet.name, f"homework={sheet.name}")
    compare(policy, "exam.csv", "exam=exam.csv")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
