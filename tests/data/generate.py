#!/usr/bin/env python3
"""Writes the sample data of a small district: one term as its schools would hand it in, and the truth about it.

    python3 tests/data/generate.py          # rewrites the files beside it; same seed, same bytes

The district, its five schools and everyone in them are invented. Sheets look like sheets: a title line above the header,
GB18030 or UTF-8 with a byte order mark, one class spelt in four ways, dates in five, minutes in words. Everything is
clean except what `plant_*` puts in, and each planted thing has its line in truth.jsonl:

    rule, clause, result, severity   what the Huancui plan says of it
    source, rows                     the file, and its data rows (the first row under the header is 1)
    key, value, limit, missing       as far as they are certain; a line without one of them leaves it open

manifest.json names the files with their record types and the clauses of which the truth is the whole truth: any other
finding of these clauses is wrong. arguments.json is what follows `policy check` to judge them, from the root folder.
"""
import csv
import datetime
import io
import json
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
AS_OF = "2022-01-25"
CLAUSES = ["2.1a", "2.1b", "2.1c", "10.1c", "10.3a", "10.3e", "10.4a", "10.4b", "10.4c", "10.5a", "10.5b", "10.6", "N2", "N13"]

pick = random.Random(20211119)

SCHOOLS = [  # name, type, years of primary and junior school, grades, classes a grade
    ("望海小学", "小学", 5, None, range(1, 6), 2),
    ("松涧小学", "小学", 5, None, range(1, 6), 1),
    ("石岭初级中学", "初级中学", None, 4, range(6, 10), 2),
    ("海湾学校", "九年一贯制", 5, 4, range(1, 10), 1),
    ("北屿小学", "小学", 6, None, range(1, 7), 1),  # keeps the 6-3 system in a 5-4 district
]
NUMERALS = "零一二三四五六七八九"
SURNAMES = "于王丛刘孙李邹宋林苗姜徐梁毕谷邢"
GIVEN = ["海宁", "文静", "晓东", "美玉", "建军", "春燕", "志远", "雨桐", "子涵", "思远", "佳怡", "明轩", "若溪", "一诺", "浩然", "欣妍"]
TEXTS = {
    "语文": ["完成练习册第{n}页", "写一段话：我的周末", "生字练习", "阅读短文并回答问题"],
    "数学": ["口算题卡第{n}页", "练习册第{n}页", "完成计算题两组", "画图整理知识"],
    "英语": ["完成配套练习第{n}页", "写五个句子", "单词练习"],
    "物理": ["练习册第{n}页", "整理实验记录"],
    "化学": ["方程式练习第{n}页"],
    "历史": ["整理时间轴"],
}
SOFT = {"口头": ["朗读课文", "讲一个故事", "听读录音"], "阅读": ["亲子阅读二十分钟", "自选图书阅读"], "实践": ["帮家人做一件家务", "观察月相", "种一盆植物"]}


def name():
    return pick.choice(SURNAMES) + pick.choice(GIVEN)


# ---- how schools spell things ----

def spell_grade(grade, junior_from):
    ways = [f"{NUMERALS[grade]}年级", f"{grade}年级", f"{NUMERALS[grade]}年级"]
    if junior_from and grade >= junior_from:
        ways.append("初" + NUMERALS[grade - junior_from + 1])
    return pick.choice(ways)


def spell_class(grade, number):
    return pick.choice([f"{number}班", f"({number})班", f"（{number}）班", f"{NUMERALS[number]}班", f"{NUMERALS[grade]}年级{number}班", f"{number}"])


def spell_date(day):
    d = day
    return pick.choice([d.isoformat(), d.isoformat(), f"{d.year}/{d.month}/{d.day}", f"{d.year}年{d.month}月{d.day}日",
                        d.strftime("%Y%m%d"), d.strftime("%Y.%m.%d")])


def spell_minutes(minutes):
    ways = [str(minutes), str(minutes), f"{minutes}分钟", f"{minutes} 分钟", f"{minutes}分"]
    if minutes == 30:
        ways += ["半小时", "0.5小时"]
    if minutes == 15:
        ways += ["一刻钟"]
    ways.append("".join(chr(ord(c) + 0xFEE0) for c in str(minutes)))
    return pick.choice(ways)


FORM = {"written": ["书面", "书面", "书面作业", "笔头作业"], "oral": ["口头", "口头作业"], "reading": ["阅读", "课外阅读"], "practical": ["实践", "实践作业"]}
PLACE = {"home": ["家庭", "在家", "家中"], "school": ["校内", "学校", "在校"]}


# ---- homework ----

class Homework:
    header = ["序号", "学校名称", "年级", "班级", "学科", "任课教师", "布置日期", "星期", "截止日期", "作业内容", "作业类型", "完成地点",
              "预计时长(分钟)", "必做/选做", "分层组", "层级", "公示时间", "备注"]

    def __init__(self):
        self.rows = []
        self.teachers = {}

    def junior_from(self, school):
        _, _, primary, junior, _, _ = next(s for s in SCHOOLS if s[0] == school)
        return (primary or 9 - junior) + 1

    def add(self, school, grade, number, subject, day, minutes, form="written", place="school", due="next", text=None, optional=False,
            tier_group="", tier="", minutes_text=None, form_text=None, place_text=None, class_text=None):
        teacher = self.teachers.setdefault((school, grade, number, subject), name())
        if due == "next":
            due = pick.choice(["", day + datetime.timedelta(days=1) if day.weekday() < 4 else ""])
        if text is None:
            text = pick.choice(TEXTS.get(subject, ["练习册第{n}页"])).format(n=pick.randint(8, 90))
        row = {
            "学校名称": school, "年级": spell_grade(grade, self.junior_from(school)),
            "班级": class_text or spell_class(grade, number), "学科": subject, "任课教师": teacher, "布置日期": spell_date(day),
            "星期": "星期" + "一二三四五六日"[day.weekday()], "截止日期": spell_date(due) if due else "", "作业内容": text,
            "作业类型": form_text if form_text is not None else pick.choice(FORM[form]),
            "完成地点": place_text if place_text is not None else pick.choice(PLACE[place]),
            "预计时长(分钟)": minutes_text if minutes_text is not None else spell_minutes(minutes),
            "必做/选做": "选做" if optional else pick.choice(["必做", "必做", ""]), "分层组": tier_group, "层级": tier,
            "公示时间": day.isoformat() + pick.choice([" 11:40", " 12:05", " 16:10"]), "备注": "",
            "_sort": (day, [s[0] for s in SCHOOLS].index(school), grade, number, len(self.rows)),
        }
        self.rows.append(row)
        return row


def teaching_days():
    """Two days a week from the first week of the plan to the week before the holidays."""
    day, days = datetime.date(2021, 11, 23), []
    while day <= datetime.date(2022, 1, 13):
        days += [day, day + datetime.timedelta(days=2)]
        day += datetime.timedelta(days=7)
    return days


def fill_homework(h, busy):
    for school, _, primary, junior, grades, classes in SCHOOLS:
        primary = primary or 9 - junior
        for grade in grades:
            for number in range(1, classes + 1):
                for day in teaching_days():
                    if (school, grade, number, day) in busy:
                        continue
                    if grade <= 2:
                        form = pick.choice(["口头", "阅读", "实践"])
                        h.add(school, grade, number, "语文", day, pick.choice([5, 10, 15]), {"口头": "oral", "阅读": "reading", "实践": "practical"}[form],
                              "home", text=pick.choice(SOFT[form]))
                        if pick.random() < 0.4:
                            h.add(school, grade, number, "数学", day, 10, "written", "school")
                        continue
                    if grade <= primary:
                        subjects = ["语文", "数学"] + (["英语"] if pick.random() < 0.6 else [])
                        room = pick.choice([35, 40, 45, 50])
                    else:
                        subjects = ["语文", "数学", "英语"] + (["物理"] if grade >= 8 else []) + (["历史"] if pick.random() < 0.2 else [])
                        room = pick.choice([60, 70, 75, 80])
                    for i, subject in enumerate(subjects):
                        share = max(5, room // len(subjects) // 5 * 5)
                        home = grade > primary and i == len(subjects) - 1 and share * 3 < room
                        h.add(school, grade, number, subject, day, share, "written", "home" if home else "school")
                    if pick.random() < 0.15:
                        h.add(school, grade, number, "英语", day, 10, "oral", "home", text="听读录音")


def plant_homework(h, truth, busy):
    def date(month, day):
        return datetime.date(2022 if month == 1 else 2021, month, day)

    def claim(school, grade, number, day):
        assert (school, grade, number, day) not in busy, (school, grade, number, day)
        busy.add((school, grade, number, day))

    def group(school, grade, number, stage, day):
        return {"school": school, "grade": grade, "class": f"{number}班", "stage": stage, "day": day.isoformat()}

    def say(rule, clause, result, severity, rows, **more):
        truth.append({"rule": rule, "clause": clause, "result": result, "severity": severity, "source": "homework.csv", "_rows": rows, **more})

    low, soft = "homework.no-written-home-in-lower-primary", "homework.no-optional-written-home-in-lower-primary"
    primary, junior = "homework.daily-minutes.primary", "homework.daily-minutes.junior"

    # 2.1a
    for school, grade, number, day, minutes in (("望海小学", 1, 1, date(11, 23), 10), ("海湾学校", 2, 1, date(12, 2), 15), ("北屿小学", 1, 1, date(12, 9), 10)):
        claim(school, grade, number, day)
        row = h.add(school, grade, number, "语文", day, minutes, "written", "home", text="抄写生字")
        say(low, "2.1a", "fail", "violation", [row], key={"school": school, "grade": grade, "class": f"{number}班", "assigned": day.isoformat()})
    day = date(11, 25)
    claim("望海小学", 2, 2, day)
    row = h.add("望海小学", 2, 2, "数学", day, 10, "written", "home", optional=True, text="自愿完成：口算一页")
    say(soft, "2.1a", "fail", "warning", [row], key={"school": "望海小学", "grade": 2, "class": "2班"})
    day = date(11, 30)
    claim("松涧小学", 1, 1, day)
    row = h.add("松涧小学", 1, 1, "数学", day, 10, "written", place_text="", text="练习册第20页")
    say(low, "2.1a", "unknown", "violation", [row], missing=["place"])
    claim("松涧小学", 2, 1, day)
    row = h.add("松涧小学", 2, 1, "数学", day, 10, form_text="综合", place="home", text="整理错题")
    say(low, "2.1a", "unknown", "violation", [row], missing=["form"])

    # 2.1b: 61 minutes; three small items; the class spelt in three ways
    day = date(12, 7)
    claim("望海小学", 3, 2, day)
    rows = [h.add("望海小学", 3, 2, "语文", day, 35, class_text="2班"), h.add("望海小学", 3, 2, "数学", day, 26, class_text="三年级(2)班")]
    say(primary, "2.1b", "fail", "violation", rows, key=group("望海小学", 3, 2, "primary", day), value=61, limit=60)
    day = date(12, 14)
    claim("海湾学校", 4, 1, day)
    rows = [h.add("海湾学校", 4, 1, "语文", day, 20, class_text="1班"), h.add("海湾学校", 4, 1, "数学", day, 20, class_text="（１）班"),
            h.add("海湾学校", 4, 1, "英语", day, 21, class_text="一班")]
    say(primary, "2.1b", "fail", "violation", rows, key=group("海湾学校", 4, 1, "primary", day), value=61, limit=60)
    # exactly 60, tiers that only fail if added, another grade's class of the same name, a long project: all fine
    day = date(12, 21)
    for grade, items in ((3, [30, 30]), (4, [60])):
        claim("望海小学", grade, 1, day)
        for subject, minutes in zip(("语文", "数学"), items):
            h.add("望海小学", grade, 1, subject, day, minutes, class_text="1班")
    day = date(12, 23)
    claim("望海小学", 5, 1, day)
    h.add("望海小学", 5, 1, "语文", day, 25)
    for tier, minutes in (("A", 20), ("B", 30), ("C", 35)):
        h.add("望海小学", 5, 1, "数学", day, minutes, tier_group="数学12-23", tier=tier)
    start = date(11, 29)
    for offset in range(4):
        claim("松涧小学", 5, 1, start + datetime.timedelta(days=offset))
    h.add("松涧小学", 5, 1, "语文", start, 200, due=start + datetime.timedelta(days=4), text="编写一份小报，四天完成")
    # a missing and an unreadable time; known minutes that are too many already
    day = date(12, 9)
    claim("望海小学", 4, 2, day)
    rows = [h.add("望海小学", 4, 2, "语文", day, 25), h.add("望海小学", 4, 2, "数学", day, 0, minutes_text="")]
    say(primary, "2.1b", "unknown", "violation", rows[1:], key=group("望海小学", 4, 2, "primary", day), limit=60, missing=["minutes"])
    claim("北屿小学", 4, 1, day)
    rows = [h.add("北屿小学", 4, 1, "语文", day, 25), h.add("北屿小学", 4, 1, "数学", day, 0, minutes_text="适量")]
    say(primary, "2.1b", "unknown", "violation", rows[1:], key=group("北屿小学", 4, 1, "primary", day), limit=60, missing=["minutes"])
    day = date(12, 16)
    claim("松涧小学", 4, 1, day)
    h.add("松涧小学", 4, 1, "语文", day, 40), h.add("松涧小学", 4, 1, "数学", day, 25), h.add("松涧小学", 4, 1, "英语", day, 0, minutes_text="")
    say(primary, "2.1b", "fail", "violation", [], key=group("松涧小学", 4, 1, "primary", day), limit=60)
    # optional homework over the limit; a range whose upper end is over it
    day = date(12, 28)
    claim("松涧小学", 3, 1, day)
    h.add("松涧小学", 3, 1, "语文", day, 45), h.add("松涧小学", 3, 1, "数学", day, 20, optional=True)
    say("homework.minutes-with-optional.primary", "2.1b", "fail", "warning", [], key=group("松涧小学", 3, 1, "primary", day), value=65, limit=60)
    claim("海湾学校", 5, 1, day)
    h.add("海湾学校", 5, 1, "语文", day, 30), h.add("海湾学校", 5, 1, "数学", day, 0, minutes_text="20-40分钟")
    say("homework.upper-minutes.primary", "2.1b", "fail", "warning", [], key=group("海湾学校", 5, 1, "primary", day), value=70, limit=60)
    # over the weekend and over New Year
    for school, grade, number, start, end, minutes, result in (
            ("望海小学", 3, 1, date(12, 10), date(12, 13), (60, 40), "warning"),
            ("望海小学", 4, 1, date(12, 17), date(12, 20), (100, 81), "violation"),
            ("海湾学校", 3, 1, date(12, 31), date(1, 4), (50, 10), None)):
        key = {"school": school, "grade": grade, "class": f"{number}班", "stage": "primary", "assigned": start.isoformat(), "due": end.isoformat()}
        rows = [h.add(school, grade, number, subject, start, m, due=end, text="周末作业" if result else "假期作业") for subject, m in zip(("语文", "数学"), minutes)]
        if result:
            say("homework.batch-minutes.primary", "2.1b", "fail", result, rows, key=key, value=sum(minutes), **({"limit": 180} if result == "violation" else {}))

    # 2.1c: 91 minutes; grade 6 with 75 is fine in a 5-4 school, and in a 6-3 school over the national 60; 初三 is grade 8 here
    day = date(12, 14)
    claim("石岭初级中学", 7, 1, day)
    rows = [h.add("石岭初级中学", 7, 1, s, day, m) for s, m in (("语文", 30), ("数学", 31), ("英语", 30))]
    say(junior, "2.1c", "fail", "violation", rows, key=group("石岭初级中学", 7, 1, "junior", day), value=91, limit=90)
    for school in ("石岭初级中学", "北屿小学"):
        claim(school, 6, 1, day)
        rows = [h.add(school, 6, 1, subject, day, 25) for subject in ("语文", "数学", "英语")]
    say("national.daily-minutes.primary", "N2", "fail", "violation", rows, key=group("北屿小学", 6, 1, "primary", day), value=75, limit=60)
    day = date(1, 6)
    claim("石岭初级中学", 8, 2, day)
    rows = [h.add("石岭初级中学", 8, 2, s, day, m) for s, m in (("语文", 30), ("数学", 45), ("英语", 20), ("物理", 25))]
    for row in rows:
        row["年级"] = "初三"
    say(junior, "2.1c", "fail", "violation", rows, key=group("石岭初级中学", 8, 2, "junior", day), value=120, limit=90)
    day = date(1, 11)
    claim("海湾学校", 9, 1, day)
    rows = [h.add("海湾学校", 9, 1, "语文", day, 40), h.add("海湾学校", 9, 1, "数学", day, 40), h.add("海湾学校", 9, 1, "英语", day, 0, minutes_text="")]
    say(junior, "2.1c", "unknown", "violation", rows[2:], key=group("海湾学校", 9, 1, "junior", day), limit=90, missing=["minutes"])
    # before the plan: not in force
    day = datetime.date(2021, 11, 16)
    h.add("望海小学", 1, 2, "语文", day, 20, "written", "home"), h.add("石岭初级中学", 9, 1, "数学", day, 150)


# ---- exams ----

class Exams:
    header = ["考试名称", "考试编号", "学校", "年级", "班级", "科目", "学期", "考试日期", "时间", "考试形式", "组织单位", "组织层级", "参加人数", "学生总数"]

    def __init__(self):
        self.rows = []

    def add(self, title, school, grade, subject, day, form="笔试", event="", level="学校", organiser=None, term="第一学期", participants=None, population=None,
            grade_text=None, form_text=None):
        population = population or 40 + 7 * grade
        row = {"考试名称": title, "考试编号": event, "学校": school, "年级": grade_text or pick.choice([f"{NUMERALS[grade]}年级", f"{grade}年级"]), "班级": "",
               "科目": subject, "学期": term, "考试日期": spell_date(day), "时间": pick.choice(["8:30-10:00", "14:00-15:30"]),
               "考试形式": form if form_text is None else form_text, "组织单位": organiser or school, "组织层级": level,
               "参加人数": str(population - 1 if participants is None else participants), "学生总数": str(population)}
        self.rows.append(row)
        return row


def fill_exams(e):
    for school, _, primary, junior, grades, _ in SCHOOLS:
        primary = primary or 9 - junior
        for grade in grades:
            if grade <= 2:
                e.add("期末乐考", school, grade, pick.choice(["语文", "综合"]), datetime.date(2022, 1, 12), "游园")
                continue
            title = pick.choice(["期末考试", "2021—2022学年第一学期期末考试", "期末测试", "期末质量检测"])
            subjects = ["语文", "数学", "英语"] + (["物理"] if grade >= 8 else [])
            for i, subject in enumerate(subjects):
                e.add(title, school, grade, subject, datetime.date(2022, 1, 12 + i // 2), pick.choice(["笔试", "闭卷"]))
            if grade > primary:
                for i, subject in enumerate(subjects):
                    e.add("期中考试", school, grade, subject, datetime.date(2021, 11, 24 + i // 2))


def plant_exams(e, truth):
    def say(rule, clause, result, severity, rows, **more):
        truth.append({"rule": rule, "clause": clause, "result": result, "severity": severity, "source": "exam.csv", "_rows": rows, **more})

    def date(month, day):
        return datetime.date(2022 if month == 1 else 2021, month, day)

    row = e.add("六年级新生分班测试", "石岭初级中学", 6, "数学", date(11, 27))
    say("exam.no-entrance-or-placement", "10.1c", "fail", "violation", [row], key={"school": "石岭初级中学"})
    row = e.add("期末检测", "望海小学", 2, "数学", date(1, 13), "闭卷")
    say("exam.no-paper-in-lower-primary", "10.4a", "fail", "violation", [row], key={"school": "望海小学", "grade": 2})
    row = e.add("期末展示", "松涧小学", 1, "语文", date(1, 13), form_text="")
    say("exam.no-paper-in-lower-primary", "10.4a", "unknown", "violation", [row], missing=["form"])
    row = e.add("语文小试卷", "松涧小学", 2, "语文", date(12, 8), form_text="")
    say("exam.named-paper-in-lower-primary", "10.4a", "fail", "warning", [row])
    # a second final under another name; the first one is in the schedule already
    rows = [e.add("期末学业质量检测", "松涧小学", 5, subject, date(12, 16)) for subject in ("语文", "数学")]
    say("exam.one-final-a-term", "10.4b", "fail", "violation", [], key={"school": "松涧小学", "grade": 5, "term": "2021-2022-1"}, value=2, limit=1)
    # a midterm in primary school: one exam with three papers; and in grade 6 of a 6-3 school
    rows = [e.add("期中考试", "海湾学校", 4, subject, date(11, 23 + i)) for i, subject in enumerate(("语文", "数学", "英语"))]
    say("exam.no-midterm-in-primary", "10.4c", "fail", "violation", rows, key={"school": "海湾学校", "grade": 4, "term": "2021-2022-1"}, value=1, limit=0)
    rows = [e.add("期中调研", "北屿小学", 6, "数学", date(11, 25))]
    say("exam.no-midterm-in-primary", "10.4c", "fail", "violation", rows, key={"school": "北屿小学", "grade": 6, "term": "2021-2022-1"}, value=1, limit=0)
    # a second midterm in one subject
    e.add("期中考试", "石岭初级中学", 7, "数学", date(12, 15))
    say("exam.one-midterm-a-term", "10.4c", "fail", "violation", [], key={"school": "石岭初级中学", "grade": 7, "term": "2021-2022-1", "subject": "数学"}, value=2, limit=1)
    # regional and joint exams: 初三 is grade 8 in a 5-4 school, 初四 the graduating grade
    row = e.add("期末复习抽考", "石岭初级中学", 8, "物理", date(12, 29), event="BW-31", level="区县", organiser="碧湾区教研中心", grade_text="初三")
    say("exam.not-regional", "10.5a", "fail", "violation", [row], key={"school": "石岭初级中学", "grade": 8})
    e.add("期末复习抽考", "石岭初级中学", 9, "物理", date(12, 29), event="BW-32", level="区县", organiser="碧湾区教研中心", grade_text="初四")
    row = e.add("协作区竞赛", "海湾学校", 6, "数学", date(12, 10), event="BW-33", level="协作区", organiser="第二教育协作区")
    say("exam.not-regional", "10.5a", "fail", "violation", [row], key={"school": "海湾学校", "grade": 6})
    rows = [e.add("英语口语展示", school, 5, "英语", date(12, 22), "口试", event="BW-34") for school in ("望海小学", "松涧小学")]
    say("exam.not-cross-school", "10.5a", "fail", "violation", rows, key={"event": "BW-34"}, value=2, limit=1)
    # other exams
    for title, school, grade, subject, day in (("十二月月考", "石岭初级中学", 9, "数学", date(12, 7)), ("第十四周周测", "海湾学校", 7, "英语", date(12, 3)),
                                               ("第五单元检测", "北屿小学", 3, "数学", date(12, 1))):
        row = e.add(title, school, grade, subject, day)
        say("exam.no-other-exams", "10.5b", "fail", "violation", [row], key={"school": school, "grade": grade})
    for title, school, grade, subject, day in (("限时训练", "石岭初级中学", 7, "数学", date(12, 21)), ("学情调研", "望海小学", 4, "语文", date(12, 2)),
                                               ("阶段性学习诊断", "海湾学校", 8, "英语", date(12, 9))):
        row = e.add(title, school, grade, subject, day)
        say("exam.no-disguised-exams", "10.5b", "fail", "warning", [row], key={"school": school, "grade": grade})
    row = e.add("第一次模拟考试", "海湾学校", 9, "语文", date(1, 6))
    say("national.mocks-in-second-term", "N13", "fail", "violation", [row], key={"school": "海湾学校", "grade": 9})
    e.add("期中补考", "石岭初级中学", 6, "英语", date(12, 8))
    # monitoring: a census in grade 5, a sample in grade 3
    row = e.add("小学学业质量监测", "望海小学", 5, "数学", date(12, 14), event="BW-40", level="区县", organiser="碧湾区教育和体育局", participants=80, population=80)
    say("monitoring.sampled", "10.6", "fail", "violation", [row], key={"event": "BW-40", "grade": 5, "subject": "数学"}, value=1)
    row = e.add("小学学业质量监测", "望海小学", 3, "数学", date(12, 14), event="BW-40", level="区县", organiser="碧湾区教育和体育局", participants=12, population=82)
    say("monitoring.grades", "10.6", "fail", "violation", [row], key={"grade": 3})
    # before the plan: not in force
    e.add("第一次月考", "石岭初级中学", 8, "数学", datetime.date(2021, 10, 12))


# ---- writing ----

def write_sheet(path, header, rows, encoding, title=None, order=None):
    if order:
        rows.sort(key=order)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if title:
        writer.writerow([title] + [""] * (len(header) - 1))
    writer.writerow(header)
    for i, row in enumerate(rows):
        row["_row"] = i + 1
        writer.writerow([str(i + 1) if column == "序号" else row.get(column, "") for column in header])
    with open(os.path.join(HERE, path), "wb") as f:
        f.write(out.getvalue().encode(encoding))


def score_tables(truth):
    """Class 4-2 of 望海小学: as the teacher sent it to parents, ranks hidden in 序; and as it should be, in bands."""
    pupils = []
    for i in range(38):
        marks = [round(min(100, max(35, pick.gauss(84, 10))) * 2) / 2 for _ in range(3)]
        pupils.append((f"20180402{i + 1:02d}", name(), marks))
    leak = sorted(pupils, key=lambda p: -sum(p[2]))
    rows = [{"序": str(i + 1), "学号": p[0], "姓名": p[1], "语文": f"{p[2][0]:g}", "数学": f"{p[2][1]:g}", "英语": f"{p[2][2]:g}", "总分": f"{sum(p[2]):g}"}
            for i, p in enumerate(leak)]
    write_sheet("scores_ranked.csv", ["序", "学号", "姓名", "语文", "数学", "英语", "总分"], rows, "gb18030", title="望海小学四年级2班期末成绩")
    truth.append({"rule": "results.no-ranks", "clause": "10.3e", "result": "fail", "severity": "violation", "source": "scores_ranked.csv"})
    truth.append({"rule": "results.bands-not-scores", "clause": "10.3a", "result": "unknown", "severity": "violation", "source": "scores_ranked.csv", "missing": ["audience"]})

    def band(mark):
        return "优秀" if mark >= 85 else "良好" if mark >= 75 else "合格" if mark >= 60 else "待合格"

    rows = [{"学号": p[0], "姓名": p[1], "语文": band(p[2][0]), "数学": band(p[2][1]), "英语": band(p[2][2])} for p in pupils]
    rows[7]["数学"] = "缺考"
    write_sheet("scores_banded.csv", ["学号", "姓名", "语文", "数学", "英语"], rows, "utf-8-sig", title="望海小学四年级2班期末学业评价")


def broken_files():
    def put(path, data):
        with open(os.path.join(HERE, "broken", path), "wb") as f:
            f.write(data)

    header = "学校,年级,班级,学科,布置日期,作业类型,完成地点,预计时长(分钟)\r\n"
    row = "望海小学,三年级,2班,语文,2021-12-01,书面,校内,20\r\n"
    put("empty.csv", b"")
    put("blank_lines.csv", "\r\n\r\n \r\n".encode())
    put("only_header.csv", header.encode())
    put("no_header.csv", (row * 3).encode())
    put("unknown_header.csv", "甲,乙,丙\r\n1,2,3\r\n".encode())
    put("twice_the_same_header.csv", ("年级,年级," + header).encode() + ("三年级,四年级," + row).encode())
    put("unclosed_quote.csv", (header + row + '望海小学,三年级,2班,"语文,2021-12-01,书面,校内,20\r\n' + row).encode())
    put("text_after_quote.csv", (header + row + '望海小学,三年级,2班,"语文"x,2021-12-01,书面,校内,20\r\n').encode())
    put("ragged.csv", (header + row + "望海小学,三年级,2班\r\n" + row.strip() + ",多,余\r\n" + row).encode())
    put("truncated_gb18030.csv", (header + row).encode("gb18030")[:-30] + b"\x81")
    put("truncated_utf16.csv", (header + row).encode("utf-16")[:-1])
    put("mixed_encodings.csv", (header + row).encode() + row.encode("gb18030"))
    put("nul_bytes.csv", (header + row).encode().replace(b"20\r\n", b"2\x000\r\n"))
    put("not_text.csv", bytes(range(256)) * 8)


def main():
    truth, busy = [], set()
    homework, exams = Homework(), Exams()
    plant_homework(homework, truth, busy)
    fill_homework(homework, busy)
    fill_exams(exams)
    plant_exams(exams, truth)
    write_sheet("homework.csv", Homework.header, homework.rows, "gb18030", title="碧湾区2021—2022学年第一学期作业公示汇总表", order=lambda r: r["_sort"])
    pick.shuffle(exams.rows)
    write_sheet("exam.csv", Exams.header, exams.rows, "utf-8-sig")
    schools = [{"学校名称": s, "学校类型": t, "小学学制": str(p or ""), "初中学制": str(j or ""), "所属区县": "碧湾区"} for s, t, p, j, _, _ in SCHOOLS]
    write_sheet("school.csv", ["学校名称", "学校类型", "小学学制", "初中学制", "所属区县"], schools, "utf-8")
    score_tables(truth)
    broken_files()
    with open(os.path.join(HERE, "truth.jsonl"), "w", encoding="utf-8") as f:
        for line in truth:
            rows = line.pop("_rows", None)
            if rows:
                line["rows"] = sorted(r["_row"] for r in rows)
            f.write(json.dumps(line, ensure_ascii=False) + "\n")
    files = [{"type": "school", "file": "school.csv"}, {"type": "homework", "file": "homework.csv"}, {"type": "exam", "file": "exam.csv"},
             {"type": "score_table", "file": "scores_ranked.csv"}, {"type": "score_table", "file": "scores_banded.csv"}]
    with open(os.path.join(HERE, "manifest.json"), "w", encoding="utf-8") as f:
        json.dump({"pack": "huancui-2021", "as_of": AS_OF, "files": files, "clauses": CLAUSES}, f, ensure_ascii=False, indent=1)
        f.write("\n")
    arguments = ["-r", "rules/huancui-2021", "--as-of", AS_OF, "--from", "2021-09-01", "--until", AS_OF]
    arguments += [f"{f['type']}=tests/data/{f['file']}" for f in files]
    with open(os.path.join(HERE, "arguments.json"), "w", encoding="utf-8") as f:
        json.dump(arguments, f, ensure_ascii=False, indent=1)
        f.write("\n")
    print(f"{len(homework.rows)} homework rows, {len(exams.rows)} exam rows, {len(truth)} truths")


if __name__ == "__main__":
    main()
