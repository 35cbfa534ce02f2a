#!/usr/bin/env python3
"""Run the examples of docs/expressions.md through the calculator.

`a` → `b`  both sides are evaluated and must agree in type and value;  `a` ✗ `text`  must give that error. Every built-in
function must have an example. Examples between the calendar markers need a pack and are run by tests/engine.
"""
import json
import re
import subprocess
import sys

EXAMPLE = re.compile(r"^- `([^`]+)` (→|✗) `([^`]+)`$")


def main():
    document, sources, command = sys.argv[1], sys.argv[2].split(";"), sys.argv[3:]
    with open(document, encoding="utf-8") as file:
        lines = file.read().splitlines()
    examples, requests, calendar = [], [], False
    for number, line in enumerate(lines, 1):
        if line == "<!-- with the calendar -->":
            calendar = True
        elif line == "<!-- without the calendar -->":
            calendar = False
        elif line.startswith("- `") and ("→" in line or "✗" in line):
            found = EXAMPLE.match(line)
            if not found:
                sys.exit(f"{document}:{number}: not an example: {line}")
            if not calendar:
                examples.append((number, *found.groups()))
                requests.append({"expr": found[1]})
                requests.append({"expr": found[3] if found[2] == "→" else "null"})
    done = subprocess.run(command, input="".join(json.dumps(r) + "\n" for r in requests).encode(), capture_output=True,
                          check=True, timeout=60)
    replies = [json.loads(line) for line in done.stdout.decode().splitlines()]
    wrong = 0
    for (number, text, kind, expected), got, wanted in zip(examples, replies[::2], replies[1::2], strict=True):
        good = got.get("error") == expected if kind == "✗" else got == wanted and "error" not in got
        if not good:
            wrong += 1
            print(f"{document}:{number}: {text}\n    gives {json.dumps(got, ensure_ascii=False)}")
    whole = "\n".join(line for line in lines if line.startswith("- `"))
    for source in sources:
        with open(source, encoding="utf-8") as file:
            names = set(re.findall(r'^\s*(?:\{|[A-Z_]+\()"([a-zA-Z_.]+)",', file.read(), re.M))
        for name in sorted(names):
            if not re.search(rf"(?<![\w.]){re.escape(name)}\(" if "." in name else rf"\b{re.escape(name)}\(", whole):
                wrong += 1
                print(f"{document}: no example of {name}() of {source}")
    print(f"{len(examples)} examples, {wrong} wrong")
    sys.exit(1 if wrong or not examples else 0)


if __name__ == "__main__":
    main()
