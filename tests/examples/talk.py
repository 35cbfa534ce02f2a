#!/usr/bin/env python3
"""Talk to an example: lines of a file that begin with "> " are its input, all others what it has to say, in order."""
import argparse
import difflib
import pathlib
import subprocess
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--program", required=True)
parser.add_argument("--argument", action="append", default=[])
parser.add_argument("--talk", type=pathlib.Path, required=True)
arguments = parser.parse_args()

lines = arguments.talk.read_text(encoding="utf-8").splitlines(keepends=True)
given = "".join(line[2:] for line in lines if line.startswith("> "))
expected = [line for line in lines if not line.startswith("> ")]
done = subprocess.run([arguments.program, *arguments.argument], input=given.encode(), capture_output=True, timeout=60)
said = done.stdout.decode().splitlines(keepends=True)
if done.returncode != 0 or done.stderr or said != expected:
    sys.stdout.writelines(difflib.unified_diff(expected, said, str(arguments.talk), "said"))
    sys.exit(f"exit status {done.returncode}: {done.stderr.decode()}")
