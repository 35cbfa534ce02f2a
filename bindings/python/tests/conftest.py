"""What the tests share: one engine of the plan, a few days of homework, and the command to compare with."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import libpolicy

SOURCE = Path(os.environ.get("POLICY_SOURCE_DIR", Path(__file__).resolve().parents[3]))


@pytest.fixture(scope="session")
def engine() -> libpolicy.Engine:
    return libpolicy.Engine("huancui-2021")


@pytest.fixture(scope="session")
def data() -> Path:
    return SOURCE / "tests" / "data"


def homework_columns() -> dict[str, list[Any]]:
    """Three classes: one over its cap by a minute, one exactly at it, one with a value missing."""
    rows = [
        ("望海小学", "三年级", "1班", "语文", "2021-11-22", "书面", "家庭", 31),
        ("望海小学", "三年级", "1班", "数学", "2021-11-22", "书面", "家庭", 30),
        ("望海小学", "三年级", "2班", "语文", "2021-11-22", "书面", "家庭", 30),
        ("望海小学", "三年级", "2班", "数学", "2021-11-22", "书面", "家庭", 30),
        ("望海小学", "四年级", "1班", "数学", "2021-11-23", "书面", "家庭", None),
        ("望海小学", "一年级", "1班", "语文", "2021-11-23", "书面", "家庭", 10),
    ]
    names = ["school", "grade", "class", "subject", "assigned", "form", "place", "minutes"]
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


@pytest.fixture
def columns() -> dict[str, list[Any]]:
    return homework_columns()


def told(findings: libpolicy.Findings) -> list[tuple[Any, ...]]:
    """What findings say, but for the name of the source."""
    return sorted(
        (f.rule, f.verdict.name, tuple(f.key.items()), str(f.value), f.limit, tuple(r.row for r in f.rows), f.message_zh)
        for f in findings
    )


def command_findings(*arguments: str) -> list[dict[str, Any]]:
    """The command's own findings, to compare with."""
    policy = os.environ.get("POLICY_COMMAND")
    if policy is None:
        pytest.fail("POLICY_COMMAND names the policy command to compare with")
    done = subprocess.run(
        [policy, "check", "-I", str(libpolicy.RULES_DIRECTORY), "-f", "jsonl", *arguments], capture_output=True, text=True
    )
    assert done.returncode in (0, 1, 3), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
