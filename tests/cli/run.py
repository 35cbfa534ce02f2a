#!/usr/bin/env python3
"""Runs the transcripts in cases/ and compares what the command prints and returns with what they say.

A transcript is a text file of blocks:

    $ policy check -r packs/small homework=homework.csv
    [1]
    ...standard output...
    --- stderr
    ...standard error...

`$` begins a command, run in data/ with `policy` standing for the command under test. Words before it of the form
NAME=VALUE are its environment, `< FILE` its standard input, and `> FILE` keeps standard output in a scratch folder, which
commands and `cat` name as {scratch}. [N] is the exit code, and `--- stderr` is left out when there is nothing on it. Lines that begin with # before
the first command are comments. A carriage return is written as \\r, a byte order mark as \\ufeff, so that both can be seen.

    run.py --policy PATH [--update] [NAME ...]
"""
import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"


def visible(data, scratch):
    text = data.decode("utf-8", errors="backslashreplace")
    text = text.replace(str(scratch), "{scratch}").replace("\r", "\\r").replace("\ufeff", "\\ufeff")
    if text and not text.endswith("\n"):
        text += "\n\\ no line break at the end\n"
    return text


def run(line, policy, scratch):
    words = [w.replace("{scratch}", str(scratch)) for w in shlex.split(line)]
    env = {"PATH": os.environ.get("PATH", "")}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"):
        if name in os.environ:
            env[name] = os.environ[name]
    stdin, stdout_file = subprocess.DEVNULL, None
    arguments = []
    i = 0
    while i < len(words):
        if not arguments and re.match(r"^[A-Z_]+=", words[i]):
            name, value = words[i].split("=", 1)
            env[name] = value
        elif words[i] == "<":
            i += 1
            stdin = open(DATA / words[i], "rb")
        elif words[i] == ">":
            i += 1
            stdout_file = words[i]
        else:
            arguments.append(words[i])
        i += 1
    if arguments[0] == "policy":
        arguments[0] = policy
    done = subprocess.run(arguments, cwd=DATA, env=env, stdin=stdin, capture_output=True, timeout=120)
    if stdin is not subprocess.DEVNULL:
        stdin.close()
    out = done.stdout
    if stdout_file is not None:
        pathlib.Path(stdout_file).write_bytes(out)
        out = b""
    text = f"$ {line}\n[{done.returncode}]\n" + visible(out, scratch)
    if done.stderr:
        text += "--- stderr\n" + visible(done.stderr, scratch)
    return text


def transcript(path, policy):
    with tempfile.TemporaryDirectory() as scratch:
        lines = path.read_text(encoding="utf-8").split("\n")
        head = []
        for line in lines:
            if line.startswith("$ "):
                break
            head.append(line)
        result = "\n".join(head) + ("\n" if head else "")
        commands = [line[2:] for line in lines if line.startswith("$ ")]
        return result + "\n".join(run(c, policy, scratch) for c in commands)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--policy", required=True)
    parser.add_argument("--update", action="store_true", help="write what came, to be read before it is committed")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    policy = str(pathlib.Path(arguments.policy).resolve())
    paths = [HERE / "cases" / f"{n}.txt" for n in arguments.names] or sorted((HERE / "cases").glob("*.txt"))
    if not paths:
        sys.exit("no transcripts")
    failed = 0
    for path in paths:
        wanted = path.read_text(encoding="utf-8")
        got = transcript(path, policy)
        if got == wanted:
            continue
        if arguments.update:
            path.write_text(got, encoding="utf-8")
            print(f"updated {path.name}")
            continue
        failed += 1
        sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), got.splitlines(True), f"{path.name} (wanted)", f"{path.name} (got)"))
    print(f"{len(paths)} transcripts, {failed} differ")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
