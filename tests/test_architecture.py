"""The rules of the house that a program can check."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("domain", "adapters", "alerts", "tasks", "flows", "deployments")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
LONGEST = 250
FORBIDDEN = {"utils", "helpers", "common", "manager", "base", "core", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for_and_stays_small(path):
    text = path.read_text()

    assert ast.get_docstring(ast.parse(text)), "a module begins with a sentence that says what it is for"
    assert LONGEST >= len(text.splitlines())


def test_nothing_is_called_utils():
    assert set() == {path.stem for path in MODULES} & FORBIDDEN


def test_no_file_of_flows_bears_the_name_of_a_room_or_of_the_standard_library():
    names = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}

    assert set() == names & (set(ROOMS) | set(sys.stdlib_module_names))


def test_no_dependency_ships_a_package_with_the_name_of_a_room():
    shipped = importlib.metadata.packages_distributions()

    assert {} == {room: shipped[room] for room in ROOMS if set(shipped.get(room, [])) - {"goodput"}}


def test_the_import_contracts_are_kept():
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)

    assert 0 == done.returncode, done.stdout


def test_only_the_services_read_the_clock():
    readers = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if "datetime.now(" in path.read_text() or "utcnow(" in path.read_text()
    }

    assert {"flows/services.py"} == readers


def test_no_lock_file_names_an_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "http" not in {word for line in text.splitlines() for word in line.split("://")[:-1]}
