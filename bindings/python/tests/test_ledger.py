"""Live use: ask, post, take back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pytest

import libpolicy

GIVEN = {
    "school": "望海小学", "grade": 3, "class": "2班", "subject": "数学", "assigned": datetime.date(2021, 11, 22),
    "form": "written", "place": "home",
}  # fmt: skip


def test_asking_changes_nothing_and_posting_does(engine: libpolicy.Engine) -> None:
    ledger = engine.ledger()
    ledger.supply("homework")
    assert not ledger.check("homework", {**GIVEN, "minutes": 60}).of("2.1b")
    ledger.post("homework", {**GIVEN, "minutes": 45})
    over = ledger.check("homework", {**GIVEN, "minutes": 16}).of("2.1b")
    assert over[0].value == 61 and over[0].limit == 60
    assert not ledger.check("homework", {**GIVEN, "minutes": 15}).of("2.1b")
    ledger.post("homework", {**GIVEN, "minutes": 16})
    assert ledger.findings().of("2.1b")
    ledger.amend("homework", {**GIVEN, "minutes": 16}, {**GIVEN, "minutes": 15})
    assert not ledger.findings().of("2.1b")
    ledger.retract("homework", {**GIVEN, "minutes": 15})
    with pytest.raises(libpolicy.NotFoundError):
        ledger.retract("homework", {**GIVEN, "minutes": 15})


def test_records_are_reused(engine: libpolicy.Engine) -> None:
    ledger = engine.ledger()
    ledger.supply("homework")
    record = engine.record("homework", GIVEN, minutes=61)
    assert ledger.check(record).of("2.1b") and not ledger.would_pass(record)
    record["minutes"] = 60
    assert not ledger.check(record).of("2.1b")
    record.update(minutes="61分钟")
    assert ledger.check(record).of("2.1b")[0].value == 61
    record.clear()
    record.update(GIVEN)
    assert [f.verdict for f in ledger.check(record).of("2.1b")] == [libpolicy.Verdict.UNKNOWN]


def test_a_record_that_causes_nothing() -> None:
    rules = "- {id: cap, table: homework, deny: 'minutes > 60', message: {zh: 太长, en: too long}}\n"
    pack = f"pack: t\nversion: '1.0'\nschema: school\nrules:\n{rules}"
    ledger = libpolicy.Engine("t", memory={"t/pack.yaml": pack}).ledger()
    assert ledger.would_pass("homework", {"minutes": 60}) and not ledger.would_pass("homework", {"minutes": 61})
    assert not ledger.would_pass("homework", {}), "unknown is no pass"


@dataclass
class Homework:
    school: str = "望海小学"
    grade: int = 3
    subject: str = "英语"
    minutes: int = 61
    assigned: str = "2021-11-22"
    form: str = "written"
    place: str = "home"


def test_dataclasses_and_other_values(engine: libpolicy.Engine) -> None:
    ledger = engine.ledger()
    ledger.post("homework", Homework())
    record = engine.record("homework")
    import decimal

    for value in (None, True, 1, 1.0, "1", decimal.Decimal("1"), datetime.date(2021, 1, 1), datetime.time(17, 30),
                  datetime.datetime(2021, 1, 1, 8), datetime.datetime(2021, 1, 1, tzinfo=datetime.timezone.utc)):  # fmt: skip
        try:
            record.update(posted=value)
        except libpolicy.ArgumentError:
            pass  # a kind that the field cannot take
    numpy = pytest.importorskip("numpy")
    record.update(minutes=numpy.int64(30))
    record.update(minutes=numpy.float64(30.0))
    with pytest.raises(TypeError):
        record.update(minutes=object())
    with pytest.raises(TypeError):
        record.update(minutes=[1])
    with pytest.raises(OverflowError):
        record.update(minutes=2**70)


def test_misspelt_names_say_what_is_near(engine: libpolicy.Engine) -> None:
    with pytest.raises(libpolicy.NotFoundError) as caught:
        engine.record("homework", minuts=3)
    assert caught.value.problems[0].nearest == "minutes"
    with pytest.raises(libpolicy.NotFoundError):
        engine.record("homewrk")


def test_verdicts_that_are_reported(engine: libpolicy.Engine) -> None:
    ledger = engine.ledger(reported=[libpolicy.Verdict.PASS])
    ledger.post("homework", {**GIVEN, "minutes": 5})
    assert all(f.verdict is libpolicy.Verdict.PASS for f in ledger.findings())


def test_days(engine: libpolicy.Engine) -> None:
    engine.ledger(as_of="2021-12-01", period=("2021-09-01", datetime.date(2022, 1, 20)), evidence=3).close()
    with pytest.raises(ValueError):
        engine.ledger(as_of="2021-13-01")


def test_long_sequences_agree_with_a_fresh_start(engine: libpolicy.Engine) -> None:
    import random

    chance = random.Random(7)
    live = engine.ledger()
    live.supply("homework")
    posted: list[dict[str, Any]] = []
    for _ in range(150):
        if posted and chance.random() < 0.4:
            live.retract("homework", posted.pop(chance.randrange(len(posted))))
        else:
            row = {**GIVEN, "class": f"{chance.randint(1, 3)}班", "minutes": chance.choice([None, 5, 20, 40])}
            live.post("homework", row)
            posted.append(row)
    fresh = engine.ledger()
    fresh.supply("homework")
    for row in posted:
        fresh.post("homework", row)

    def told(ledger: libpolicy.Ledger) -> list[tuple[Any, ...]]:
        return sorted((f.rule, str(f.key), str(f.value), f.verdict) for f in ledger.findings())

    assert told(live) == told(fresh)
