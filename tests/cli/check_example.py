#!/usr/bin/env python3
"""The embedding example: it runs, says what the README says it says, and stands in both READMEs word for word."""
import argparse
import pathlib
import subprocess
import sys

WANTED = "2.1b 长征小学3年级2班2021-12-01书面作业合计75分钟，超过上限60分钟\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    done = subprocess.run([arguments.program, str(arguments.source / "rules/huancui-2021")], capture_output=True, timeout=60)
    failures = []
    if done.returncode != 0 or done.stdout.decode() != WANTED:
        failures.append(f"exit {done.returncode}, printed {done.stdout.decode()!r} {done.stderr.decode()!r}, wanted {WANTED!r}")
    code = (arguments.source / "docs/examples/embed.c").read_text(encoding="utf-8")
    for name in ("README.md", "README.zh.md"):
        text = (arguments.source / name).read_text(encoding="utf-8")
        if code not in text:
            failures.append(f"{name} does not show docs/examples/embed.c as it is")
        if WANTED not in text:
            failures.append(f"{name} does not show what the example prints")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
