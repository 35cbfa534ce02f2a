"""The package as it is installed: its types, its data, and the pytest plugin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SOURCE

import libpolicy

SETTINGS = SOURCE / "bindings" / "python"


def test_types(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    settings = str(SETTINGS / "pyproject.toml")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", settings, "-p", "libpolicy"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", settings, "--allowlist",
         str(SETTINGS / "stubtest-allowlist.txt"), "--ignore-unused-allowlist", "libpolicy"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_carries_all_it_needs() -> None:
    folder = Path(libpolicy.__file__).parent
    assert (folder / "py.typed").exists() and (folder / "rules" / "huancui-2021").is_dir()
    assert list(folder.glob("libpolicy.so.1")) and list(folder.glob("liblua*")) and list(folder.glob("libyaml*"))
    assert libpolicy.library_version() == libpolicy.__version__ and libpolicy.lua_release().startswith("Lua 5.4")


def test_every_public_name_is_documented() -> None:
    for name in libpolicy.__all__:
        thing = getattr(libpolicy, name)
        if callable(thing):
            assert thing.__doc__, name
            for member, value in vars(thing).items() if isinstance(thing, type) else ():
                if not member.startswith("_") and callable(value):
                    assert value.__doc__, f"{name}.{member}"


def test_the_pytest_plugin_runs_the_cases_of_a_pack(tmp_path: Path) -> None:
    rules = str(libpolicy.RULES_DIRECTORY / "national-2021")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "libpolicy.testing", "-p", "no:cacheprovider", "--policy-pack", rules]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and "passed" in done.stdout, done.stdout + done.stderr


def test_the_readme_s_lines_work(tmp_path: Path, data: Path) -> None:
    code = (
        "import libpolicy\n"
        "engine = libpolicy.Engine('huancui-2021')\n"
        f"print(engine.audit(homework={str(data / 'homework.csv')!r}).findings)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and "libpolicy.Findings" in done.stdout, done.stderr


SUB_INTERPRETER = '''
import sys
try:
    import _interpreters as interpreters
    made = interpreters.create(%r)
    run = interpreters.exec
except ImportError:
    import _xxsubinterpreters as interpreters
    made = interpreters.create(isolated=%r == "isolated")
    run = interpreters.run_string
import libpolicy
engine = libpolicy.Engine("national-2021")
try:
    failed = run(made, """
import libpolicy
try:
    libpolicy.Engine("no-such-pack")
    raise SystemError("an error was lost")
except libpolicy.PolicyError:
    pass
""")
except Exception as raised:  # before 3.13
    failed = raised
interpreters.destroy(made)
print("refused" if failed and "ImportError" in f"{failed} {failed!r}" else failed or "imported")
assert len(libpolicy.Engine("national-2021").rules) == len(engine.rules)
try:
    libpolicy.Engine("no-such-pack")
except libpolicy.PolicyError as error:
    assert error.problems
engine.record("homework", assigned=__import__("datetime").date(2021, 11, 22))
'''


@pytest.mark.parametrize("kind", ["isolated", "legacy"])
def test_a_sub_interpreter_neither_crashes_nor_harms_the_first(kind: str, tmp_path: Path) -> None:
    code = SUB_INTERPRETER % (kind, kind)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("imported", "refused"), done.stdout


def test_a_library_of_another_version_is_refused(tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "libpolicy"
    shutil.copytree(Path(libpolicy.__file__).parent, copy)
    (copy / "_version.py").write_text('__version__ = "%s1"\n' % libpolicy.__version__)
    done = subprocess.run([sys.executable, "-c", "import libpolicy"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1 and "ImportError" in done.stderr and "must be of one release" in done.stderr
