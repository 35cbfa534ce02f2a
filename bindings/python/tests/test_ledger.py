"""Live use: ask, post, take back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
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


def test_answers_are_independent_of_each_other(engine: libpolicy.Engine) -> None:
    pack = (
        "pack: t\nversion: '1.0'\nschema: school\nrules:\n"
        "- {id: cap, table: homework, deny: 'minutes > 60', message: {zh: 太长, en: too long}}\n"
    )
    ledger = libpolicy.Engine("t", memory={"t/pack.yaml": pack}).ledger()
    record = ledger.engine.record("homework", minutes=60)
    nothing, again = ledger.check(record), ledger.check(record)
    nothing.close()
    with pytest.raises(ValueError):
        len(nothing)
    assert len(again) == 0 and again.to_arrow().num_rows == 0
    record["minutes"] = 61
    first = ledger.check(record)
    record["minutes"] = 62
    second = ledger.check(record)
    record["minutes"] = 60
    assert not ledger.check(record)
    ledger.close()
    assert [len(first), len(second), len(again)] == [1, 1, 0] and first[0].rule == "cap"


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
    assert ledger.check("homework", Homework()).of("2.1b") and not ledger.would_pass("homework", Homework())
    assert [h.left for h in ledger.headroom("homework", Homework()) if h.rule == "homework.daily-minutes.primary"]
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


def test_what_is_left(engine: libpolicy.Engine) -> None:
    ledger = engine.ledger()
    ledger.supply("homework")
    ledger.post("homework", {**GIVEN, "minutes": 45})
    line = next(h for h in ledger.headroom("homework", GIVEN) if h.rule == "homework.daily-minutes.primary")
    assert (line.value, line.limit, line.left) == (45, 60, 15)
    assert "15" in str(line) and "60" in line.message_en and line.key["class"] == "2班"
    by_keys = ledger.headroom(line.rule, list(line.key.values()))
    assert [h.left for h in by_keys] == [15]
    finding = ledger.check("homework", {**GIVEN, "minutes": 25}).of("2.1b")[0]
    assert finding.nearest == 15 and "15" in finding.suggestion_zh and "15" in finding.suggestion_en
    with pytest.raises(libpolicy.NotFoundError):
        ledger.headroom("no.such.rule", [])


def test_a_check_with_headroom_says_both(engine: libpolicy.Engine) -> None:
    ledger = engine.ledger()
    ledger.supply("homework")
    ledger.post("homework", {**GIVEN, "minutes": 45})
    found, left = ledger.check_with_headroom("homework", {**GIVEN, "minutes": 16})
    assert found.of("2.1b")[0].value == 61
    assert left == ledger.headroom("homework", {**GIVEN, "minutes": 16})
    assert [line.left for line in left if line.rule == "homework.daily-minutes.primary"] == [15]
    assert not ledger.check_with_headroom("homework", {**GIVEN, "minutes": 15})[0].of("2.1b")
    ledger.close()
    with pytest.raises(ValueError):
        ledger.check_with_headroom("homework", GIVEN)


def test_parts_that_travel_as_bytes_merge_to_the_whole(engine: libpolicy.Engine) -> None:
    rows = [{**GIVEN, "class": f"{i % 3}班", "minutes": 20 + i} for i in range(9)]
    whole, parts = engine.ledger(), []
    for i, row in enumerate(rows):
        whole.post("homework", row)
    for start in range(3):
        part = engine.ledger()
        for row in rows[start::3]:
            part.post("homework", row)
        parts.append(part.to_bytes())
    into, carried = engine.restore(parts[0])
    assert {line.what for line in carried} == {libpolicy.CarryResult.CARRIED}
    for part_bytes in parts[1:]:
        other, _ = engine.restore(part_bytes)
        into.merge(other)
        assert len(other.findings()) == len(engine.ledger().findings())
    assert [str(f) for f in into.findings()] == [str(f) for f in whole.findings()]
    assert into.to_bytes() == whole.to_bytes()
    with pytest.raises(ValueError):
        into.merge(into)
    with pytest.raises(libpolicy.DataError):
        engine.restore(parts[0][:-1])


def test_other_rules_for_a_live_ledger(engine: libpolicy.Engine, tmp_path: Path) -> None:
    ledger = engine.ledger()
    ledger.post("homework", {**GIVEN, "minutes": 50})
    ledger.save(tmp_path / "ledger")
    strict = libpolicy.Engine("huancui-2021", params={"minutes": {"primary": 45}})
    told = ledger.rebase(strict)
    assert all(line.what is libpolicy.CarryResult.CARRIED for line in told if line.name.startswith("homework.daily-minutes"))
    assert ledger.findings().of("homework.daily-minutes.primary", libpolicy.Verdict.FAIL)[0].limit == 45
    ledger.post("homework", {**GIVEN, "minutes": 1})
    back, _ = engine.restore(tmp_path / "ledger")
    assert not back.findings().of("homework.daily-minutes.primary", libpolicy.Verdict.FAIL)


def test_how_input_may_be_split(engine: libpolicy.Engine) -> None:
    keys = engine.partition_keys("homework")
    assert set(keys) <= set(engine.fields("homework"))
