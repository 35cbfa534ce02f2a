#!/usr/bin/env python3
"""Random spreadsheets against an independent oracle.

Makes homework sheets and exam schedules as schools write them (headers in other spellings and orders, several encodings
and delimiters, grades in words, missing cells), works out in plain Python what the clauses demand, and compares that with
what `policy check` says. The oracle is written from the plan and the readings in docs, not from the pack.

usage: spreadsheets.py POLICY RULES_DIR [--seed N] [--rounds N]
"""
import argparse
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict

CN = "零一二三四五六七八九十"
HEADERS = {
    "school": ["学校", "学校名称", " 学校 ", "学 校"],
    "grade": ["年级", "年 级"],
    "class": ["班级", "班级 "],
    "subject": ["学科", "科目"],
    "teacher": ["布置教师", "任课教师"],
    "assigned": ["布置日期", "日期"],
    "form": ["作业类型", "作业形式"],
    "place": ["完成地点"],
    "minutes": ["预计时长", "预计完成时间", "用时", "预计时长(分钟)", "预计时长（分钟）", "用时(分钟)"],
    "mandatory": ["必做/选做"],
    "text": ["作业内容"],
    "name": ["考试名称"],
    "event": ["考试编号"],
    "date": ["日期"],
    "school_year": ["学年"],
    "term": ["学期"],
    "exam_form": ["考试形式"],
    "organiser": ["组织单位"],
    "organiser_level": ["组织层级"],
}
FORMS = {"written": ["书面", "书面作业"], "oral": ["口头"], "reading": ["阅读"], "practical": ["实践"]}
PLACES = {"home": ["家庭", "家中", "在家"], "school": ["校内", "学校"]}
LEVELS = {"school": "学校", "class": "班级", "zone": "协作区", "town": "镇街", "district": "区县", "city": "市"}
EXAM_FORMS = {"paper": ["笔试", "纸笔", "闭卷"], "oral": ["口试"], "activity": ["游园", "乐考"], "practical": ["操作"]}


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" else c for c in text)


def grade_text(rng, grade, years):
    spellings = [f"{CN[grade]}年级", f"{grade}年级", str(grade), full_width(str(grade))]
    if grade > years:
        spellings.append(f"初{CN[grade - years]}")
    return rng.choice(spellings)


def class_text(rng, number):
    return rng.choice([f"{number}班", f"({number})班", f"（{number}）班", f"{CN[number]}班", str(number), f" {number}班 "])


def date_text(rng, day):
    return rng.choice([day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日",
                       day.strftime("%Y%m%d"), f"{day.year}.{day.month}.{day.day}"])


def minutes_text(rng, minutes):
    spellings = [str(minutes), f"{minutes}分钟", full_width(str(minutes)), f"{minutes}分"]
    if minutes == 30:
        spellings.append("半小时")
    return rng.choice(spellings)


class Sheet:
    """Columns in a random order under random headers, written in a random encoding."""

    def __init__(self, rng, fields, rows, titles=True):
        self.rng = rng
        order = list(fields)
        rng.shuffle(order)
        self.order = order
        self.rows = rows
        self.headers = [rng.choice(HEADERS[f]) for f in order]
        self.extra = rng.random() < 0.3
        self.title = titles and rng.random() < 0.3

    def write(self, folder, name):
        rng = self.rng
        encoding = rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
        delimiter = "\t" if encoding == "utf-16" and rng.random() < 0.5 else ","
        newline = rng.choice(["\n", "\r\n"])
        lines = []
        width = len(self.order) + (1 if self.extra else 0)
        if self.title:
            lines.append(delimiter.join(["本学期情况公示表"] + [""] * (width - 1)))
        lines.append(delimiter.join(self.headers + (["星期几备注"] if self.extra else [])))
        for row in self.rows:
            cells = [row.get(f, "") for f in self.order] + (["无"] if self.extra else [])
            lines.append(delimiter.join(f'"{c}"' if delimiter in c or '"' in c or "\n" in c or rng.random() < 0.1 else c
                                        for c in cells))
        path = os.path.join(folder, name)
        with open(path, "w", encoding=encoding, newline="") as out:
            out.write(newline.join(lines) + newline)
        return path


def homework_round(rng, schools):
    days = [datetime.date(2021, 11, 22) + datetime.timedelta(d) for d in range(4)]
    rows, facts = [], []
    has_mandatory = rng.random() < 0.5
    for school, (years, _) in schools.items():
        for grade in range(1, 10):
            for number in rng.sample(range(1, 9), 2):
                for day in days:
                    if rng.random() < 0.4:
                        continue
                    for _ in range(rng.choice([1, 2, 3, 4])):
                        minutes = rng.choice([10, 15, 20, 20, 25, 30, 31, None])
                        form = rng.choice(["written"] * 4 + ["oral", "reading", "practical"])
                        place = rng.choice(["home", "school", "home", None])
                        mandatory = rng.random() < 0.85 if has_mandatory else True
                        facts.append((school, years, grade, number, day, form, place, minutes, mandatory))
    rng.shuffle(facts)
    for school, years, grade, number, day, form, place, minutes, mandatory in facts:
        row = {"school": school, "grade": grade_text(rng, grade, years), "class": class_text(rng, number),
               "subject": rng.choice(["语文", "数学", "英语"]), "assigned": date_text(rng, day),
               "form": rng.choice(FORMS[form]), "place": "" if place is None else rng.choice(PLACES[place]),
               "minutes": "" if minutes is None else minutes_text(rng, minutes)}
        if has_mandatory:
            row["mandatory"] = "必做" if mandatory else "选做"
        rows.append(row)
    fields = ["school", "grade", "class", "subject", "assigned", "form", "place", "minutes"]
    if has_mandatory:
        fields.append("mandatory")
    expected = set()
    groups = defaultdict(lambda: [0, [], []])
    for n, (school, years, grade, number, day, form, place, minutes, mandatory) in enumerate(facts, 1):
        if grade <= 2 and form == "written" and mandatory:
            if place == "home":
                expected.add(("2.1a", "fail", (n,), None, None))
            elif place is None:
                expected.add(("2.1a", "unknown", (n,), None, None))
        stage = "primary" if grade <= years else "junior"
        if form == "written" and mandatory and grade >= 3:
            group = groups[(school, grade, number, day, stage, years)]
            group[2].append(n)
            if minutes is None:
                group[1].append(n)
            else:
                group[0] += minutes
    for (school, grade, number, day, stage, years), (known, gaps, members) in groups.items():
        if stage == "primary" and grade == 6:
            continue  # the plan is silent on a six-year primary school's grade 6
        clause, cap = ("2.1b", 60) if stage == "primary" else ("2.1c", 90)
        if known > cap:
            expected.add((clause, "fail", tuple(members), known if not gaps else None, cap))
        elif gaps:
            expected.add((clause, "unknown", tuple(gaps), None, cap))
    return Sheet(rng, fields, rows), expected


def exam_round(rng, schools):
    facts = []
    number = 0
    for school, (years, _) in schools.items():
        for grade in range(1, 10):
            for name, kind in [("期末考试", "final"), ("期中考试", "midterm"), ("十月月考", "monthly"), ("第三单元测验", "unit"),
                               ("周测", "weekly"), ("期末质量检测", "final2")]:
                chance = {"final": 0.5, "midterm": 0.35, "monthly": 0.06, "unit": 0.05, "weekly": 0.05, "final2": 0.15}[kind]
                if rng.random() > chance:
                    continue
                number += 1
                form = "activity" if grade <= 2 and rng.random() < 0.6 else rng.choice(["paper", "paper", None])
                level = "school" if rng.random() < 0.9 else rng.choice(["zone", "town", "district", "city"])
                start = datetime.date(2021, 12, 6) + datetime.timedelta(rng.randrange(0, 20))
                for p, subject in enumerate(rng.sample(["语文", "数学", "英语"], rng.choice([1, 2, 3]))):
                    facts.append((school, years, grade, f"E{number:04d}", name, kind, subject, form, level,
                                  start + datetime.timedelta(p)))
    rng.shuffle(facts)
    rows = [{"school": f[0], "grade": grade_text(rng, f[2], f[1]), "event": f[3], "name": f[4], "subject": f[6],
             "exam_form": "" if f[7] is None else rng.choice(EXAM_FORMS[f[7]]), "organiser_level": LEVELS[f[8]],
             "date": date_text(rng, f[9]), "school_year": "2021-2022", "term": rng.choice(["1", "第一学期", "上学期"])}
            for f in facts]
    fields = ["school", "grade", "event", "name", "subject", "exam_form", "organiser_level", "date", "school_year", "term"]
    expected = set()
    finals, midterms = defaultdict(lambda: (set(), [])), defaultdict(lambda: (set(), []))
    for n, (school, years, grade, event, _, kind, _, form, level, _) in enumerate(facts, 1):
        if grade <= 2 and form == "paper":
            expected.add(("10.4a", "fail", (n,), None, None))
        if grade <= 2 and form is None:
            expected.add(("10.4a", "unknown", (n,), None, None))
        if kind in ("monthly", "unit", "weekly"):
            expected.add(("10.5b", "fail", (n,), None, None))
        if level in ("zone", "town", "district", "city") and grade < 9:
            expected.add(("10.5a", "fail", (n,), None, None))
        table = {"final": finals, "midterm": midterms}.get(kind)
        if table is not None:
            table[(school, grade, years)][0].add(event)
            table[(school, grade, years)][1].append(n)
        if kind == "final2":
            finals[(school, grade, years)][0].add(event)
            finals[(school, grade, years)][1].append(n)
    for (school, grade, years), (events, members) in finals.items():
        if len(events) > 1 and grade >= 3:
            expected.add(("10.4b", "fail", tuple(members), len(events), 1))
    for (school, grade, years), (events, members) in midterms.items():
        if grade <= years and grade >= 1:
            expected.add(("10.4c", "fail", tuple(members), len(events), 0))
    return Sheet(rng, fields, rows), expected


def run(policy, rules, arguments):
    result = subprocess.run([policy, "check", "-r", rules, "--format", "jsonl", "--evidence", "1000", *arguments],
                            capture_output=True)
    if result.returncode not in (0, 1, 3):
        sys.exit(f"policy failed ({result.returncode}): {result.stderr.decode()}")
    return [json.loads(line) for line in result.stdout.decode().splitlines() if line.strip()]


def compare(found, expected, clauses, table):
    got = set()
    for f in found:
        if f["clause"] not in clauses or f["record"] != table:
            continue
        if f["severity"] != "violation":
            continue
        got.add((f["clause"], f["result"], tuple(sorted(f["rows"]))))
    want = {(c, r, rows) for c, r, rows, _, _ in expected if c in clauses}
    limits = {(c, r, rows): (v, l) for c, r, rows, v, l in expected}
    wrong = []
    for f in found:
        key = (f["clause"], f["result"], tuple(sorted(f["rows"])))
        if f["result"] == "fail" and f["severity"] == "violation" and key in limits:
            value, limit = limits[key]
            if value is not None and (f["value"] != value or f["limit"] != limit):
                wrong.append((key, f["value"], f["limit"], value, limit))
    return sorted(want - got), sorted(got - want), wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("policy")
    parser.add_argument("rules")
    parser.add_argument("--seed", type=int, default=20211119)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    passed = failed = 0
    for n in range(options.rounds):
        rng = random.Random(options.seed + n)
        schools = {"望海小学": (5, "primary"), "塔山九年一贯制学校": (5, "nine_year"), "城郊六三学校": (6, "nine_year")}
        with tempfile.TemporaryDirectory() as folder:
            listing = os.path.join(folder, "schools.csv")
            with open(listing, "w", encoding=rng.choice(["utf-8", "gb18030"])) as out:
                out.write("学校名称,学校类型,小学学制,初中学制\n")
                for school, (years, kind) in schools.items():
                    zh = {"primary": "小学", "nine_year": "九年一贯制"}[kind]
                    out.write(f"{school},{zh},{years},{9 - years}\n")
            for table, make, clauses in (("homework", homework_round, {"2.1a", "2.1b", "2.1c"}),
                                         ("exam", exam_round, {"10.4a", "10.4b", "10.4c", "10.5a", "10.5b"})):
                sheet, expected = make(rng, schools)
                path = sheet.write(folder, table + ".csv")
                found = run(options.policy, options.rules, [f"school={listing}", f"{table}={path}"])
                lost, extra, wrong = compare(found, expected, clauses, table)
                if lost or extra or wrong:
                    failed += 1
                    print(f"round {n} {table}: {len(lost)} lost, {len(extra)} unexpected, {len(wrong)} wrong values")
                    for label, items in (("lost", lost), ("unexpected", extra), ("wrong", wrong)):
                        for item in items[:3]:
                            print("  ", label, item)
                else:
                    passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
