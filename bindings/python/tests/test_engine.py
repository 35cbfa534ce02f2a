"""Engines: what is in them, and what is wrong with rules that do not load."""

from __future__ import annotations

import pickle

import pytest

import libpolicy


def test_says_what_is_in_it(engine: libpolicy.Engine) -> None:
    assert [pack.name for pack in engine.packs] == ["national-2021", "huancui-2021"]
    rule = next(rule for rule in engine.rules if rule.id == "homework.daily-minutes.primary")
    assert rule.clause == "2.1b" and rule.table and rule.severity is libpolicy.Severity.VIOLATION
    assert "minutes" in engine.fields("homework") and "homework" in engine.types
    assert engine.fields("no such type") == ()
    assert "60" in engine.explain("2.1b") and "homework" in engine.explain("2.1b", "en")
    assert "huancui-2021" in repr(engine) and "<table>" in engine._repr_html_()


def test_parameters_tighten_and_never_loosen() -> None:
    strict = libpolicy.Engine("huancui-2021", params={"minutes": {"primary": 45}})
    columns = {
        "school": ["A"], "grade": ["三年级"], "class": ["1班"], "subject": ["语文"], "assigned": ["2021-11-22"],
        "form": ["书面"], "place": ["家庭"], "minutes": [46],
    }  # fmt: skip
    assert strict.audit(homework=columns).failures("2.1b")[0].limit == 45
    with pytest.raises(libpolicy.RulesError) as caught:
        libpolicy.Engine("huancui-2021", params={"minutes": {"primary": 90}})
    assert caught.value.status is libpolicy.Status.TIGHTEN


def test_scripts_from_memory_and_their_errors_have_a_place(tmp_path: object) -> None:
    import pathlib

    folder = pathlib.Path(str(tmp_path))
    good = folder / "local.lua"
    good.write_text(
        "rule{id = 'school.x', table = 'homework', needs = {'minutes'},\n"
        "  check = function(r) return r.minutes <= 20 end, message = {zh = '太长', en = 'too long'}}\n",
        encoding="utf-8",
    )
    with_script = libpolicy.Engine("huancui-2021", good)
    assert any(rule.id == "school.x" for rule in with_script.rules)
    bad = folder / "bad.lua"
    bad.write_text("rule{id = 'school.y', table = 'homework', needs = {'minuts'}, check = function(r) end}\n")
    with pytest.raises(libpolicy.RulesError) as caught:
        libpolicy.Engine("huancui-2021", str(bad))
    error = caught.value
    assert error.file and error.file.endswith("bad.lua") and error.line == 1 and error.column
    assert error.problems[0].nearest == "minutes" and "minuts" in error.message_zh
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems and type(again) is type(error)


def test_all_errors_of_one_run_come_together() -> None:
    text = "pack: t\nversion: '1.0'\nschema: school\nrules:\n- {id: a, table: homwork, deny: 'true'}\n- {id: b, table: homework, deny: 'minuts > 1'}\n"
    with pytest.raises(libpolicy.RulesError) as caught:
        libpolicy.Engine("t", memory={"t/pack.yaml": text})
    assert len(caught.value.problems) >= 2


def test_a_pack_that_is_not_there() -> None:
    with pytest.raises(libpolicy.NotFoundError):
        libpolicy.Engine("huancui-2012")


def test_evaluate() -> None:
    assert libpolicy.evaluate("minutes <= cap", {"minutes": 45, "cap": 60}) is True
    assert libpolicy.evaluate("[1, 2].map(x, x * 2)") == [2, 4]
    assert libpolicy.evaluate("{'a': 1.5}") == {"a": 1.5}
    assert libpolicy.evaluate("1.0 / 0.0") == float("inf")
    unknown = libpolicy.evaluate("x > 1", types={"x": "int"})
    assert isinstance(unknown, libpolicy.Unknown) and unknown.missing == ("x",)
    with pytest.raises(TypeError):
        bool(unknown)
    with pytest.raises(libpolicy.PolicyError) as broken:
        libpolicy.evaluate("1 / 0")
    assert broken.value.status is libpolicy.Status.EVALUATE
    with pytest.raises(libpolicy.RulesError) as wrong:
        libpolicy.evaluate("1 +")
    assert wrong.value.line == 1


def test_bands(engine: libpolicy.Engine) -> None:
    bands = engine.bands("four")
    with pytest.raises(libpolicy.ArgumentError, match="letters"):
        engine.bands()
    assert len(bands) >= 2 and bands.minimums[0] > bands.minimums[1]
    best = bands.of(100, 100)
    assert best == 0 and bands.text(best)
    assert bands.of("缺考", 100) is libpolicy.Band.ABSENT
    assert bands.of(None, 100) is libpolicy.Band.NONE
    assert bands.of(101, 100) is libpolicy.Band.ABOVE_FULL
    assert bands.column([100, None, "免考"], 100)[0] == bands.text(0)
    with pytest.raises(libpolicy.NotFoundError):
        engine.bands("fuor")


def test_numbers_of_a_newer_library_are_kept() -> None:
    assert libpolicy.Verdict(99) == 99 and libpolicy.Verdict(99).name == "UNKNOWN_99"
    with pytest.raises(ValueError):
        libpolicy.Verdict("pass")
