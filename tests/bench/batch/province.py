"""A made-up province: homework rows, exam rows and rows for twenty plain rules, from one seed.

The tables are what schools' systems hold: 200 schools and 8,000 classes for 20 million rows (scaled with the number of
rows), 100 school days, 12 subjects of unequal weight, about 25 items a class and day. One table is made in several
shapes, so that engines are asked the same question about the same rows:

  raw     integers and date32, as a database would hand them over
  codes   dictionary columns
  text    plain utf8 strings
"""

import numpy as np
import pyarrow as pa

DAYS = 100
SUBJECTS = ["语文", "数学", "英语", "道德与法治", "科学", "体育", "音乐", "美术", "劳动", "物理", "化学", "历史"]
SUBJECT_WEIGHTS = np.array([24, 24, 20, 5, 5, 4, 3, 3, 2, 4, 3, 3], float) / 100
FORMS = ["written", "oral", "reading", "practical"]
FORM_WEIGHTS = [0.55, 0.15, 0.2, 0.1]
PLACES = ["home", "school"]
FIRST_DAY = np.datetime64("2021-11-22")


def school_days(count=DAYS, first=FIRST_DAY):
    """Days since 1970 of the first `count` Mondays to Fridays."""
    days = np.arange(first, first + 2 * count, dtype="datetime64[D]")
    days = days[(days.astype(int) + 3) % 7 < 5]
    return days[:count].astype(np.int32)


def class_name(number):
    return f"C{number:05d}"


class Homework:
    """The rows of the single-rule questions. Arrays by name, in the order of the rows."""

    def __init__(self, rows, shuffled, seed=20211119):
        random = np.random.default_rng(seed)
        classes = max(8, rows // 2500)
        schools = max(2, classes // 40)
        # Rows of one class and day stand together when sorted: class by class, day by day.
        number = np.minimum(np.arange(rows, dtype=np.int64) * classes * DAYS // rows, classes * DAYS - 1)
        self.class_number = (number // DAYS).astype(np.int32)
        day = (number % DAYS).astype(np.int32)
        grade_of_class = (np.arange(classes) * 9 // classes + 1).astype(np.int8)
        random.shuffle(grade_of_class)
        self.grade = grade_of_class[self.class_number]
        self.school = (self.class_number % schools).astype(np.int32)
        self.date = school_days()[day]
        self.subject = random.choice(len(SUBJECTS), rows, p=SUBJECT_WEIGHTS).astype(np.uint8)
        self.form = random.choice(4, rows, p=FORM_WEIGHTS).astype(np.uint8)
        # Lower grades hardly ever have written homework at home: that is what the rule forbids.
        self.place = (random.random(rows) < 0.45).astype(np.uint8)
        lower = (self.grade <= 2) & (self.form == 0)
        self.place[lower] = (random.random(int(lower.sum())) > 0.0144).astype(np.uint8)
        load = np.exp(random.normal(0, 0.35, classes * DAYS))[number]
        self.minutes = np.clip(np.round(2.2 * load * np.exp(random.normal(0, 0.6, rows))), 0, 240).astype(np.int16)
        if shuffled:
            order = random.permutation(rows)
            for name, column in vars(self).items():
                setattr(self, name, column[order])
        self.classes, self.schools, self.rows = classes, schools, rows

    def table(self, shape):
        """A pyarrow table. Keys by shape; subject, form and place are dictionaries except as text."""

        def words(codes, names, index=np.uint8):
            dictionary = pa.DictionaryArray.from_arrays(pa.array(codes.astype(index)), pa.array(names))
            return dictionary.cast(pa.string()) if shape == "text" else dictionary

        columns = {
            "grade": pa.array(self.grade),
            "minutes": pa.array(self.minutes),
            "subject": words(self.subject, SUBJECTS),
            "form": words(self.form, FORMS),
            "place": words(self.place, PLACES),
        }
        if shape == "raw":
            columns["school"] = pa.array(self.school)
            columns["class"] = pa.array(self.class_number)
            columns["date"] = pa.array(self.date).view(pa.date32())
        else:
            columns["school"] = words(self.school, [f"S{i:03d}" for i in range(self.schools)], np.int16)
            columns["class"] = words(self.class_number, [class_name(i) for i in range(self.classes)], np.int16)
            if shape == "codes":
                days, codes = np.unique(self.date, return_inverse=True)
                columns["date"] = pa.DictionaryArray.from_arrays(
                    pa.array(codes.astype(np.uint8)), pa.array(days).view(pa.date32()))
            else:
                columns["date"] = pa.array(self.date).view(pa.date32())
        return pa.table(columns)


class Exams:
    """Rows of exams: one row a class, subject and exam; the question is how many exams a grade and term held."""

    def __init__(self, rows, shuffled, seed=20220701):
        random = np.random.default_rng(seed)
        groups = max(16, rows * 19200 // 20_000_000)  # school, grade, term
        group = np.minimum(np.arange(rows, dtype=np.int64) * groups // rows, groups - 1)
        exams_of_group = random.integers(1, 5, groups)
        self.school = (group // 16).astype(np.int32)
        self.grade = (group % 8 + 1).astype(np.int8)
        self.term = (group % 16 // 8).astype(np.int8)
        self.event = (group * 8 + random.integers(0, 8, rows) % exams_of_group[group]).astype(np.int32)
        if shuffled:
            order = random.permutation(rows)
            for name, column in vars(self).items():
                setattr(self, name, column[order])
        self.rows = rows

    def table(self, shape):
        columns = {name: pa.array(getattr(self, name)) for name in ("school", "grade", "term", "event")}
        if shape == "codes":
            for name in ("school", "event"):
                columns[name] = columns[name].dictionary_encode()
        return pa.table(columns)


# ---- twenty plain rules ----------------------------------------------------------------------------------------------

WORDS = {  # string columns of the twenty rules
    "kind": ["homework", "exam", "service", "activity", "filing", "notice", "course", "incident"],
    "stage": ["primary", "junior", "nine_year"],
    "form": ["written", "oral", "reading", "practical", "paper"],
    "place": ["home", "school", "outside"],
    "level": ["class", "school", "zone", "town", "district", "city"],
    "subject": ["chinese", "maths", "english", "science", "arts", "sports", "labour", "ethics", "physics", "history"],
}
NUMBERS = {"grade": (1, 10), "minutes": (0, 121), "count": (0, 11), "size": (20, 61), "weekday": (1, 8), "hour": (6, 23)}
FLAGS = ["posted", "marked", "mandatory"]

# Each rule as a list of (column, operator, constant); all must hold. Written once, for all engines.
TWENTY = [
    [("kind", "==", "homework"), ("grade", "<=", 2), ("form", "==", "written"), ("place", "==", "home")],
    [("kind", "==", "homework"), ("stage", "==", "primary"), ("grade", ">=", 3), ("minutes", ">", 60)],
    [("kind", "==", "homework"), ("stage", "==", "junior"), ("minutes", ">", 90)],
    [("kind", "==", "homework"), ("posted", "==", False), ("mandatory", "==", True)],
    [("kind", "==", "homework"), ("form", "==", "written"), ("marked", "==", False), ("minutes", ">=", 20)],
    [("kind", "==", "homework"), ("hour", ">=", 18), ("place", "==", "home"), ("mandatory", "==", True)],
    [("kind", "==", "exam"), ("grade", "<=", 2), ("form", "==", "paper")],
    [("kind", "==", "exam"), ("stage", "==", "primary"), ("count", ">", 1)],
    [("kind", "==", "exam"), ("stage", "==", "junior"), ("count", ">", 2)],
    [("kind", "==", "exam"), ("level", "==", "zone"), ("grade", "<", 9)],
    [("kind", "==", "exam"), ("level", "==", "district"), ("grade", "<", 6), ("size", ">", 45)],
    [("kind", "==", "exam"), ("form", "==", "paper"), ("minutes", ">", 100), ("stage", "==", "primary")],
    [("kind", "==", "service"), ("hour", "<", 17), ("stage", "==", "primary"), ("weekday", "<=", 5)],
    [("kind", "==", "service"), ("hour", "<", 18), ("stage", "==", "junior"), ("weekday", "<=", 5)],
    [("kind", "==", "service"), ("form", "==", "paper"), ("count", ">=", 1)],
    [("kind", "==", "service"), ("weekday", ">=", 6), ("mandatory", "==", True)],
    [("kind", "==", "activity"), ("subject", "==", "sports"), ("minutes", "<", 60), ("weekday", "<=", 5)],
    [("kind", "==", "course"), ("subject", "==", "labour"), ("count", "<", 1)],
    [("kind", "==", "notice"), ("posted", "==", False), ("level", "==", "school")],
    [("kind", "==", "incident"), ("marked", "==", False), ("level", "==", "class"), ("count", ">", 3)],
]


def twenty_columns(rows, seed=20):
    random = np.random.default_rng(seed)
    columns = {name: random.integers(0, len(words), rows).astype(np.uint8) for name, words in WORDS.items()}
    for name, (low, high) in NUMBERS.items():
        columns[name] = random.integers(low, high, rows).astype(np.int16)
    for name in FLAGS:
        columns[name] = random.random(rows) < 0.8
    return columns


def twenty_table(rows):
    columns = twenty_columns(rows)
    for name, words in WORDS.items():
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(columns[name]), pa.array(words))
    return pa.table({name: value if isinstance(value, pa.DictionaryArray) else pa.array(value)
                     for name, value in columns.items()})
