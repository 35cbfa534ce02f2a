#!/usr/bin/env python3
"""Any number of threads writes the same report, byte for byte; and a terminal sees how far the reading has come."""
import argparse
import os
import pathlib
import pty
import random
import re
import subprocess
import sys
import tempfile

DATA = pathlib.Path(__file__).resolve().parent / "data"
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def homework(path, encoding):
    """Two megabytes, a block and more for each of two threads, with what makes rows differ in kind."""
    chosen = random.Random(20211119)
    with open(path, "w", encoding=encoding, newline="") as out:
        out.write("学校,年级,班级,科目,布置日期,作业类型,地点,预计时长(分钟),作业内容\r\n")
        for row in range(32000):
            minutes = chosen.choice(["5", "10", "15", "20分钟", "半小时", "45", "很久" if row % 500 == 0 else "8"])
            text = chosen.choice(["口算", "朗读课文", '"抄写“春”，\n两遍"', "练习册第%d页" % (row % 90)])
            cells = ["第%d小学" % chosen.randrange(4), chosen.choice(["一年级", "三年级", "五年级", "7年级"]),
                     "%d班" % chosen.randrange(1, 5), chosen.choice(["语文", "数学", "英语"]),
                     "2021-11-%02d" % chosen.randrange(1, 30), chosen.choice(["书面", "口头", "实践"]), "家庭", minutes, text]
            out.write(",".join(cells[:4] if row % 4000 == 11 else cells) + "\r\n")
            if row % 6000 == 17:
                out.write(",,,,,,,,\r\n合计,,,,,,,%d,\r\n" % row)


def run(policy, *arguments):
    return subprocess.run([policy, "check", "-r", "packs/small", *arguments], cwd=DATA, capture_output=True, timeout=300)


def watched(policy, *arguments):
    """What a terminal on standard error is shown."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen([policy, "check", "-r", "packs/small", *arguments], cwd=DATA, stdout=subprocess.DEVNULL,
                            stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    check(done.wait(timeout=300) in (0, 1, 3), "a watched run ends as any other")
    return seen.decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--policy", required=True)
    policy = str(pathlib.Path(parser.parse_args().policy).resolve())
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ("utf-8", "gb18030"):
            sheet = os.path.join(folder, f"作业-{encoding}.csv")
            homework(sheet, encoding)
            first = run(policy, "-j", "1", "--format", "json", f"homework={sheet}")
            check(first.returncode in (1, 3) and len(first.stdout) > 100000, f"{encoding}: exit {first.returncode}")
            check(first.stderr == b"", f"{encoding}: nobody watches, and yet: {first.stderr[:200]!r}")
            for jobs in (["-j2"], ["--jobs", "8"], []):
                other = run(policy, *jobs, "--format", "json", f"homework={sheet}")
                check((other.returncode, other.stdout, other.stderr) == (first.returncode, first.stdout, first.stderr),
                      f"{encoding}: {jobs} writes another report")
        shown = watched(policy, "-j", "1", "--lang", "en", f"homework={sheet}")
        check(re.search(r"csv: \d+ rows, \d+ a second, \d+%, \d+:\d\d left", shown), f"no progress: {shown[-300:]!r}")
        check(shown.endswith("\r\x1b[K"), f"the line stays: {shown[-100:]!r}")
    for wrong in ("0", "-1", "two", "99999999999"):
        done = run(policy, "-j", wrong, "homework=homework.csv")
        check(done.returncode == 2 and wrong in done.stderr.decode(), f"-j {wrong}: exit {done.returncode}")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
