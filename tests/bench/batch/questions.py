"""The questions of the batch benchmark: each as a rule of a pack, as SQL and as polars expressions.

A question is put to all engines over the same rows, and their answers are compared before anything is timed: `found` of
the library is a set of tuples (keys..., value), and so are the rows that SQL and polars give.
"""

from dataclasses import dataclass, field

import family
import polars as pl
import province as p

SCHEMA = """
schema: province
version: "1.0"
types:
  homework:
    identity: [school, class, date, subject]
    fields:
      school: {{type: {key}}}
      class: {{type: {key}}}
      grade: {{type: int, min: 1, max: 9}}
      date: {{type: date}}
      subject: {{type: string}}
      form: {{type: enum, values: {{written: [书面], oral: [口头], reading: [阅读], practical: [实践]}}}}
      place: {{type: enum, values: {{home: [家庭], school: [学校]}}}}
      minutes: {{type: int, min: 0, max: 600}}
  exam:
    identity: [school, grade, term]
    fields:
      school: {{type: {key}}}
      grade: {{type: int, min: 1, max: 9}}
      term: {{type: int}}
      event: {{type: {key}}}
"""

PACK = """
pack: bench
version: "1.0"
title: {zh: 测速, en: benchmark}
source: {issuer: 测速, issued: 2021-11-19}
schema: province
rules:
"""


def rule(identity, body):
    return f"- id: {identity}\n  clause: B\n  title: {{zh: 规则, en: rule}}\n  message: {{zh: 规则, en: rule}}\n  {body}\n"


@dataclass
class Question:
    id: str
    what: str
    table: str
    rules: str
    sql: str = ""
    polars: object = None  # None: polars is not asked
    answer: str = "groups"  # what is compared: groups (keys and value), rows, counts, or texts (the family)
    columns: tuple = ()  # that the question reads; all of the table unless told
    shapes: tuple = ("raw", "codes", "text")
    goals: dict = field(default_factory=dict)  # shape or shape-order -> (goal id, firm, moonshot)
    bytes_a_row: int = 0  # that any engine must read


CAP = "stage == 'primary' ? 100 : 120"


def capped(keys, cap_sql):
    columns = ", ".join(keys)
    return (f"SELECT {columns}, stage, total FROM (SELECT {columns}, CASE WHEN grade <= 5 THEN 'primary' ELSE 'junior' END"
            f" AS stage, sum(minutes) AS total FROM homework GROUP BY ALL) WHERE total > {cap_sql}")


def capped_polars(keys, primary, junior):
    def run(frame):
        stage = pl.when(pl.col("grade") <= 5).then(pl.lit("primary")).otherwise(pl.lit("junior")).alias("stage")
        return (frame.lazy().group_by([*keys, stage]).agg(pl.col("minutes").cast(pl.Int64).sum().alias("total"))
                .filter(pl.col("total") > pl.when(pl.col("stage") == "primary").then(primary).otherwise(junior))
                .collect())
    return run


STAGE = "{stage: \"grade <= 5 ? 'primary' : 'junior'\"}"

QUESTIONS = [
    Question(
        id="A", what="one row rule: written home homework in grades 1 and 2", table="homework",
        rules=rule("a", "table: homework\n  when: grade <= 2\n  deny: form == 'written' && place == 'home'"),
        sql="SELECT rowid + 1 AS row FROM homework WHERE grade <= 2 AND form = 'written' AND place = 'home'",
        polars=lambda frame: frame.lazy().with_row_index("row", 1).filter(
            (pl.col("grade") <= 2) & (pl.col("form") == "written") & (pl.col("place") == "home")).select("row").collect(),
        answer="rows", columns=("grade", "form", "place"), shapes=("codes",),
        bytes_a_row=3, goals={"codes": ("P9", 15, 30)}),
    Question(
        id="B", what="minutes of a class and day against a cap by stage", table="homework",
        rules=rule("b", f"table: homework\n  per: [class, date, {STAGE}]\n  measure: sum(minutes)\n"
                        f"  at_most: \"stage == 'primary' ? 100 : 120\""),
        sql=capped(["class", "date"], "CASE stage WHEN 'primary' THEN 100 ELSE 120 END"),
        polars=capped_polars(["class", "date"], 100, 120), columns=("class", "date", "grade", "minutes"),
        bytes_a_row=11, goals={"raw": ("P11", 6, 10), "codes": ("P12", 10, 30), "codes-sorted": ("P12", 10, 15)}),
    Question(
        id="B2", what="minutes of a class, day and subject against a cap: millions of groups", table="homework",
        rules=rule("b2", f"table: homework\n  per: [class, date, subject, {STAGE}]\n  measure: sum(minutes)\n"
                         f"  at_most: \"stage == 'primary' ? 60 : 80\""),
        sql=capped(["class", "date", "subject"], "CASE stage WHEN 'primary' THEN 60 ELSE 80 END"),
        polars=capped_polars(["class", "date", "subject"], 60, 80),
        columns=("class", "date", "subject", "grade", "minutes"),
        bytes_a_row=12, goals={"codes-shuffled": ("P13", 10, 20)}),
    Question(
        id="C", what="distinct exams of a school, grade and term", table="exam",
        rules=rule("c", "table: exam\n  per: [school, grade, term]\n  measure: count_distinct(event)\n  at_most: 3"),
        sql="SELECT * FROM (SELECT school, grade, term, count(DISTINCT event) AS total FROM exam GROUP BY ALL)"
            " WHERE total > 3",
        polars=lambda frame: frame.lazy().group_by("school", "grade", "term").agg(
            pl.col("event").n_unique().cast(pl.Int64).alias("total")).filter(pl.col("total") > 3).collect(),
        shapes=("raw", "codes"), bytes_a_row=10, goals={"raw": ("P14", 3, 7), "codes": ("P14", 6, 12)}),
]


# ---- twenty plain rules ----------------------------------------------------------------------------------------------


def twenty_schema():
    fields = [f"      {name}: {{type: enum, values: {{{', '.join(f'{w}: []' for w in words)}}}}}"
              for name, words in p.WORDS.items()]
    fields += [f"      {name}: {{type: int}}" for name in p.NUMBERS]
    fields += [f"      {name}: {{type: bool}}" for name in p.FLAGS]
    return ("schema: province\nversion: \"1.0\"\ntypes:\n  entry:\n    identity: [kind, grade]\n    fields:\n"
            + "\n".join(fields) + "\n")


def constant(value, quote_true=("true", "false")):
    if isinstance(value, bool):
        return quote_true[0] if value else quote_true[1]
    return f"'{value}'" if isinstance(value, str) else str(value)


def twenty_rules():
    texts = []
    for number, terms in enumerate(p.TWENTY, 1):
        condition = " && ".join(
            (name if value is True else f"!{name}") if isinstance(value, bool) else f"{name} {op} {constant(value)}"
            for name, op, value in terms)
        texts.append(rule(f"d{number}", f"table: entry\n  deny: \"{condition}\""))
    return "".join(texts)


def twenty_sql():
    counts = []
    for number, terms in enumerate(p.TWENTY, 1):
        condition = " AND ".join(f"{name} {'=' if op == '==' else op} {constant(value)}" for name, op, value in terms)
        counts.append(f"count(*) FILTER (WHERE {condition}) AS d{number}")
    return f"SELECT {', '.join(counts)} FROM entry"


OPERATORS = {"==": "eq", "<=": "le", "<": "lt", ">=": "ge", ">": "gt"}


def twenty_polars(frame):
    columns = []
    for number, terms in enumerate(p.TWENTY, 1):
        condition = None
        for name, op, value in terms:
            term = getattr(pl.col(name), OPERATORS[op])(value)
            condition = term if condition is None else condition & term
        columns.append(condition.sum().alias(f"d{number}"))
    return frame.lazy().select(columns).collect()


QUESTIONS.append(Question(id="D", what="twenty row rules over every row, with a count for each", table="entry",
                          rules=twenty_rules(), sql=twenty_sql(), polars=twenty_polars, answer="counts", shapes=("codes",),
                          bytes_a_row=6 + 12 + 3, goals={"codes": ("P10", 60, 200)}))


QUESTIONS.append(Question(
    id="family", what="the whole Huancui pack over homework rows with every column", table="homework", rules="",
    sql=family.sql(family.ROOT), answer="texts", shapes=("codes", "text"), bytes_a_row=31,
    goals={"codes": ("family", 15, 15), "text": ("family", 5, 5)}))


def by_id(identity):
    return next(q for q in QUESTIONS if q.id == identity)


def load(library, question, shape):
    """The engine of the question's pack."""
    if question.id == "family":
        return library.engine("huancui-2021", directories=[family.ROOT / "rules"])
    return library.engine("bench", memory=memory(question, shape))


def memory(question, shape):
    """The files of the question's own pack."""
    schema = twenty_schema() if question.id == "D" else SCHEMA.format(key="int" if shape == "raw" or question.id == "C" else "string")
    return [("schema/province.yaml", schema), ("bench/pack.yaml", PACK + question.rules)]
