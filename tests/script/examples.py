#!/usr/bin/env python3
"""The scripts of docs/lua.md: the page shows each file as it is, its cases pass, and five runs over the sample data print
the same bytes.

    examples.py --policy PATH --source FOLDER [--write]      --write puts the files into the page
"""
import argparse
import pathlib
import re
import subprocess
import sys

HEADING = "## Ten examples\n"


def shown(page):
    """The blocks of the page, by file name."""
    return dict(re.findall(r"^### (\S+\.lua)\n\n```lua\n(.*?)```\n", page, re.S | re.M))


def write(path, files):
    page = path.read_text(encoding="utf-8")
    end = page.index("\n\n", page.index(HEADING) + len(HEADING) + 1) if "\n### " in page else len(page)
    head = page[:end].rstrip("\n") + "\n"
    blocks = "".join(f"\n### {f.name}\n\n```lua\n{f.read_text(encoding='utf-8')}```\n" for f in files)
    path.write_text(head + blocks, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--policy", required=True)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    source = arguments.source.resolve()
    policy = str(pathlib.Path(arguments.policy).resolve())
    base = ["-r", str(source / "rules/huancui-2021")]
    page = source / "docs/lua.md"
    files = sorted((source / "docs/examples/lua").glob("*.lua"))
    wrong = []
    if arguments.write:
        write(page, files)
    blocks = shown(page.read_text(encoding="utf-8"))
    if len(files) < 10:
        wrong.append("fewer than ten examples")
    for name in sorted(set(blocks) ^ {f.name for f in files}):
        wrong.append(f"{name} is only in one of docs/lua.md and docs/examples/lua")
    for f in files:
        if blocks.get(f.name, "") != f.read_text(encoding="utf-8"):
            wrong.append(f"docs/lua.md shows another {f.name}: run with --write")
        done = subprocess.run([policy, "test", "--lang", "en", *base, str(f)], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            wrong.append(f"{f.name}: policy test ended with {done.returncode}\n{done.stdout}{done.stderr}")
    data = source / "tests/data"
    scripts = [word for f in files for word in ("-r", str(f))]
    command = [policy, "check", "--lang", "zh", "--format", "jsonl", "--as-of", "2022-01-25", *base, *scripts,
               f"school={data}/school.csv", f"homework={data}/homework.csv", f"exam={data}/exam.csv"]
    runs = [subprocess.run(command, capture_output=True, timeout=120) for _ in range(5)]
    if runs[0].returncode not in (0, 1, 3) or runs[0].stderr:
        wrong.append(f"policy check ended with {runs[0].returncode}: {runs[0].stderr.decode()}")
    if len({(r.returncode, r.stdout) for r in runs}) != 1:
        wrong.append("five runs differ")
    if b'"rule":"school.' not in runs[0].stdout:
        wrong.append("no finding of any script in the sample data")
    if b'"result":"error"' in runs[0].stdout:
        wrong.append("a script broke on the sample data")
    print("\n".join(wrong) if wrong else f"{len(files)} examples hold")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
