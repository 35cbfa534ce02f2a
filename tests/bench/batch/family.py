"""The whole homework family of the Huancui plan: rows with every column the rules read, and the SQL of the same rules.

The library loads rules/huancui-2021 as it is. The SQL says what its homework rules say, for schools of the five-four
system: tiers of one group count once, work over several days is spread, weekends and holidays are judged as a whole.
Each gives one text a finding (rule, keys, value), so that the sets can be compared.
"""

import datetime
from pathlib import Path

import numpy as np
import province
import pyarrow as pa
import yaml

ROOT = Path(__file__).resolve().parents[3]
FAMILY_DAYS = 100
CLASSES_A_SCHOOL = 45  # five in each of nine grades
TEXTS_PLAIN = 1200


def teaching_calendar(root):
    """(day, teaching) of every day the pack's calendar covers."""
    calendar = yaml.safe_load((root / "rules/huancui-2021/pack.yaml").read_text())["calendar"]
    holidays = {h["from"] + datetime.timedelta(n) for h in calendar["holidays"]
                for n in range((h["until"] - h["from"]).days + 1)}
    workdays = set(calendar["workdays"])
    terms = list(calendar["terms"].values())
    day, last = min(t[0] for t in terms), max(t[1] for t in terms)
    days = []
    while day <= last:
        in_term = any(t[0] <= day <= t[1] for t in terms)
        days.append((day, in_term and (day in workdays or (day.weekday() < 5 and day not in holidays))))
        day += datetime.timedelta(1)
    return days


def texts():
    """What teachers write; a few of them break a rule."""
    subjects = province.SUBJECTS
    plain = [f"完成{subjects[i % len(subjects)]}练习册第{i % 97 + 1}页，预习第{i % 23 + 1}课" for i in range(TEXTS_PLAIN)]
    doubtful = ["生字每个抄写6遍", "课文抄3遍", "罚抄词语10遍", "请家长签字", "请家长检查后签字", "自己批改并订正",
                "对照答案批改", "无需家长签字", "默写古诗，家长批改", "词语写5遍", "口算一页，家长打卡"]
    return plain + doubtful, len(plain)


def table(root, rows, shape, shuffled=True, seed=15):
    random = np.random.default_rng(seed)
    calendar = [day for day, teaching in teaching_calendar(root) if teaching and day >= datetime.date(2021, 11, 22)]
    epoch = datetime.date(1970, 1, 1)
    teaching = np.array([(day - epoch).days for day in calendar[:FAMILY_DAYS + 25]], np.int32)
    classes = max(45, rows // 2500)
    group = np.minimum(np.arange(rows, dtype=np.int64) * classes * FAMILY_DAYS // rows, classes * FAMILY_DAYS - 1)
    number, day = group // FAMILY_DAYS, group % FAMILY_DAYS
    if shuffled:
        order = random.permutation(rows)
        group, number, day = group[order], number[order], day[order]
    grade = number % CLASSES_A_SCHOOL // 5 + 1
    form = random.choice(4, rows, p=province.FORM_WEIGHTS).astype(np.uint8)
    place = (random.random(rows) < 0.93).astype(np.uint8)
    lower = (grade <= 2) & (form == 0)
    place[lower] = (random.random(int(lower.sum())) > 0.0005).astype(np.uint8)
    kind = random.random(rows)
    later = np.where(kind < 0.85, 1, np.where(kind < 0.97, 0, np.where(kind < 0.9995, 2, 22)))
    due = teaching[day + later].astype(np.int32)
    no_due = later == 0
    load = np.exp(random.normal(0, 0.12, classes * FAMILY_DAYS))[group]
    minutes = np.clip(np.round(2.6 * load * np.exp(random.normal(0, 0.5, rows))), 0, 240).astype(np.int16)
    ranged = random.random(rows) < 0.004
    tiered = random.random(rows) < 0.05
    sentences, plain = texts()
    text = random.integers(0, plain, rows)
    doubtful = random.random(rows) < 0.0005
    text[doubtful] = plain + random.integers(0, len(sentences) - plain, int(doubtful.sum()))
    no_text = random.random(rows) < 0.1
    minute_posted = random.integers(14 * 60, 17 * 60 + 59, rows)
    late = random.random(rows) < 0.0003
    minute_posted[late] += 200
    not_posted = random.random(rows) < 0.0004
    posted = (teaching[day].astype(np.int64) * 1440 + minute_posted) * 60_000_000

    def words(codes, names, mask=None, index=np.int16):
        dictionary = pa.DictionaryArray.from_arrays(pa.array(codes.astype(index), mask=mask), pa.array(names))
        return dictionary.cast(pa.string()) if shape == "text" else dictionary

    return pa.table({
        "school": words(number // CLASSES_A_SCHOOL, [f"第{i + 1}学校" for i in range(classes // CLASSES_A_SCHOOL + 1)]),
        "grade": pa.array(grade.astype(np.int8)),
        "class": words(number % 5, [f"{i + 1}班" for i in range(5)], index=np.int8),
        "subject": words(random.choice(12, rows, p=province.SUBJECT_WEIGHTS), province.SUBJECTS, index=np.int8),
        "assigned": pa.array(teaching[day]).view(pa.date32()),
        "due": pa.array(due, mask=no_due).view(pa.date32()),
        "form": words(form, province.FORMS, index=np.int8),
        "place": words(place, province.PLACES, index=np.int8),
        "minutes": pa.array(minutes),
        "minutes_high": pa.array((minutes + 10).astype(np.int16), mask=~ranged),
        "mandatory": pa.array(random.random(rows) < 0.995),
        "tier_group": words(random.integers(0, 3, rows), ["甲", "乙", "丙"], mask=~tiered, index=np.int8),
        "posted": pa.array(posted, mask=not_posted).view(pa.timestamp("us")),
        "text": words(text, sentences, mask=no_text),
    })


def words_sql(words):
    return "(" + " OR ".join(f"contains(text, '{word}')" for word in words) + ")"


def sql(root):
    params = yaml.safe_load((root / "rules/huancui-2021/homework.yaml").read_text())["params"]
    contains = {name: words_sql(params[name]["value"]) for name in
                ("punitive_words", "copy_words", "self_marking_words", "parent_marking_words", "signature_words",
                 "denial_words")}
    times = params["copy_times"]["value"]
    times_sql = ("list_bool_or(list_transform(regexp_extract_all(text, '{}([0-9]+)遍', 1), lambda t: t::INT >= %d))" % times)
    asked = {"no-self-marking": "self_marking_words", "no-parent-marking": "parent_marking_words",
             "parent-signature": "signature_words"}
    one = "concat_ws('|', 'homework.{}', {}, {})"
    keys = "school, grade, class, stage"

    def limit(rule, source, day_keys, cap, extra=""):
        return f"""
SELECT concat_ws('|', 'homework.{rule}.' || stage, {keys}, {day_keys}, round(total * 1000 / 1e6)::BIGINT) FROM (
  SELECT {keys}, {day_keys}, sum(amount) AS total FROM {source} GROUP BY ALL) g
WHERE (stage = 'junior' OR grade BETWEEN 3 AND 5) AND round(total / 1e3) / 1e3 > {cap}{extra}"""

    cap = "CASE stage WHEN 'primary' THEN 60 ELSE 90 END"

    def slots(amount, condition):
        return f"""(SELECT {keys}, day, slot, max(CAST(round({amount} * 1e6 / days) AS BIGINT)) AS amount
  FROM (SELECT *, unnest(range(assigned, assigned + days::INT, INTERVAL 1 DAY))::DATE AS day FROM h
        WHERE form = 'written' AND {condition} AND NOT crosses) GROUP BY ALL)"""

    def batches(condition):
        return f"""(SELECT {keys}, assigned, due, slot, max(minutes * 1000000::BIGINT) AS amount FROM h
  WHERE form = 'written' AND mandatory AND {condition} GROUP BY ALL)"""

    def counted(condition):
        return f""" AND (school, grade, class, day) IN (
  SELECT school, grade, class, unnest(range(assigned, assigned + days::INT, INTERVAL 1 DAY))::DATE FROM h
  WHERE form = 'written' AND NOT crosses AND {condition})"""

    def row(rule, condition):
        return f"SELECT concat_ws('|', 'homework.{rule}', row) FROM h WHERE {condition}"

    parts = [
        row("no-written-home-in-lower-primary", "grade <= 2 AND mandatory AND form = 'written' AND place = 'home'"),
        row("no-optional-written-home-in-lower-primary",
            "grade <= 2 AND NOT mandatory AND form = 'written' AND place = 'home'"),
        limit("daily-minutes", slots("minutes", "mandatory"), "day", cap),
        limit("batch-minutes", batches("crosses AND NOT vacation"), "assigned, due", f"({cap}) * (due - assigned)"),
        limit("batch-minutes", batches("crosses AND NOT vacation"), "assigned, due", cap)
        + f" AND round(total / 1e3) / 1e3 <= ({cap}) * (due - assigned)",
        limit("vacation-minutes", batches("vacation"), "assigned, due", f"({cap}) * (due - assigned)"),
        limit("upper-minutes", slots("coalesce(minutes_high, minutes)", "mandatory"), "day", cap,
              counted("mandatory AND minutes_high > minutes")),
        limit("minutes-with-optional", slots("minutes", "true"), "day", cap, counted("NOT mandatory")),
        f"""
SELECT concat_ws('|', 'homework.posted', school, grade, class, assigned, round(share * 1000)::BIGINT) FROM (
  SELECT school, grade, class, assigned, avg(CASE WHEN posted::DATE <= assigned THEN 1.0 ELSE 0.0 END) AS share
  FROM h GROUP BY ALL) WHERE share < 1""",
        f"""
SELECT concat_ws('|', 'homework.in-school-share.' || stage, {keys}, week, round(share * 1000)::BIGINT) FROM (
  SELECT {keys}, date_trunc('week', assigned)::DATE AS week,
         sum(CASE WHEN place = 'school' THEN minutes ELSE 0 END) / sum(minutes) AS share
  FROM h WHERE form = 'written' AND mandatory GROUP BY ALL HAVING sum(minutes) > 0)
WHERE CASE stage WHEN 'primary' THEN share < 0.9 ELSE share <= 0.5 END""",
        row("set-in-class", "posted IS NOT NULL AND posted::TIME > TIME '18:00:00'"),
        row("not-punitive", f"text IS NOT NULL AND ({contains['punitive_words']} OR {times_sql.format('写')} OR "
                            f"({contains['copy_words']} AND {times_sql.format('')}))"),
    ]
    parts += [row(rule, f"text IS NOT NULL AND {contains[words]} AND NOT {contains['denial_words']}")
              for rule, words in asked.items()]
    calendar = ", ".join(f"(DATE '{day}', {int(teaching)})" for day, teaching in teaching_calendar(root))
    return f"""
WITH calendar AS (SELECT day, sum(teaching) OVER (ORDER BY day) - teaching AS before
                  FROM (VALUES {calendar}) AS c(day, teaching)),
h AS (
  SELECT *, CASE WHEN grade <= 5 THEN 'primary' ELSE 'junior' END AS stage, days > 14 AS vacation,
         days > 1 AND (days > 14 OR days > teaching) AS crosses,
         coalesce(tier_group::VARCHAR, row::VARCHAR) AS slot
  FROM (SELECT r.rowid + 1 AS row, r.*, greatest(1, coalesce(r.due, r.assigned) - r.assigned) AS days,
               coalesce(b.before - a.before, 1) AS teaching
        FROM homework r LEFT JOIN calendar a ON a.day = r.assigned LEFT JOIN calendar b ON b.day = r.due)
)
""" + "\nUNION ALL\n".join(parts)
