#!/usr/bin/env python3
"""The sample district, judged by the command, against the violations that its generator planted.

Every line of truth.jsonl is part of one finding: what it names has to be equal. Each has to be found exactly once. In
the clauses that manifest.json lists nothing else may be found: what was not planted is as wrong as what was missed.
"""
import argparse
import json
import pathlib
import subprocess
import sys


def covers(wanted, got):
    """Is everything that `wanted` names in `got`?"""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return all(name in got and covers(value, got[name]) for name, value in wanted.items())
    return wanted == got


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--policy", required=True)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    data = arguments.source / "tests/data"
    manifest = json.loads((data / "manifest.json").read_text(encoding="utf-8"))
    words = ["-r", f"rules/{manifest['pack']}", "--as-of", manifest["as_of"]]
    words += [f"{entry['type']}=tests/data/{entry['file']}" for entry in manifest["files"]]
    done = subprocess.run([arguments.policy, "check", "--format", "jsonl", *words], cwd=arguments.source,
                          capture_output=True, timeout=300)
    if done.returncode != 1:
        sys.exit(f"exit {done.returncode}, wanted 1: {done.stderr.decode()}")
    left = []
    for line in done.stdout.decode().splitlines():
        finding = json.loads(line)
        if finding["source"] is not None:
            finding["source"] = pathlib.PurePath(finding["source"]).name
        left.append(finding)
    failures = 0
    for number, line in enumerate((data / "truth.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        wanted = json.loads(line)
        matches = [f for f in left if covers(wanted, f)]
        if len(matches) != 1:
            failures += 1
            print(f"truth.jsonl:{number}: found {len(matches)} times, wanted once: {line}")
        for match in matches[:1]:
            left.remove(match)
    for finding in left:
        if finding["clause"] not in manifest["clauses"]:
            continue
        failures += 1
        print("not planted:", json.dumps(finding, ensure_ascii=False))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
