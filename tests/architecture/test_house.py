"""Rules of the house that a linter cannot say."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backend", "forms", "signing", "workflows", "tests")
FILES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
PURE = ["forms.validation", "signing.seal", "signing.tokens", "workflows.process", "workflows.soundness"]
FORBIDDEN_FOLDERS = {"utils", "helpers", "common", "base", "misc"}


def test_no_file_is_over_400_lines_and_nine_of_ten_are_below_250():
    lengths = {path: len(path.read_text().splitlines()) for path in FILES}
    assert {str(path): length for path, length in lengths.items() if length > 400} == {}
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 250


def test_every_file_says_first_what_it_is_for():
    silent = [
        str(path)
        for path in FILES
        if "tests" not in path.relative_to(ROOT).parts
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_drawer_for_everything():
    named = [
        str(path) for path in FILES if FORBIDDEN_FOLDERS & set(path.relative_to(ROOT).with_suffix("").parts)
    ]
    assert named == []


@pytest.mark.parametrize("module", PURE)
def test_a_pure_package_loads_neither_django_nor_celery(module):
    code = (
        f"import sys, {module}; "
        "print([n for n in ('django','celery','redis','psycopg','httpx','kombu') if n in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_checking_a_package_needs_no_django():
    code = "import sys, backend.commands.check_service; print('django' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_each_job_has_a_worker_and_each_queue_a_consumer():
    jobs = (ROOT / "backend" / "jobs.py").read_text()
    names = set(re.findall(r"^([A-Z_]+) = \"workflows\.", jobs, re.MULTILINE))
    tasks = set(
        re.findall(r"@shared_task\(name=jobs\.([A-Z_]+)\)", (ROOT / "workflows" / "tasks.py").read_text())
    )
    assert names == tasks
    queues = set(re.findall(r"^    [A-Z]+ = \"([a-z]+)\"", jobs, re.MULTILINE))
    demo = (ROOT / "backend" / "demo" / "processes.py").read_text()
    consumed = re.findall(r'^QUEUES_[A-Z]+ = "([a-z,]+)"', demo, re.MULTILINE)
    assert queues == set(",".join(consumed).split(","))


def test_each_command_that_is_written_can_be_carried_out():
    written = {
        kind
        for path in (ROOT / "backend").rglob("*.py")
        for kind in re.findall(r'\bkind="([a-z-]+)",\s+queue=', path.read_text())
    }
    advance = (ROOT / "backend" / "cases" / "operations" / "advance.py").read_text()
    written |= set(re.findall(r'"([a-z-]+)": Queue\.', advance))
    carried_out = set(
        re.findall(r'^    "([a-z-]+)": ', (ROOT / "workflows" / "effects.py").read_text(), re.MULTILINE)
    )
    assert written == carried_out


def test_locks_name_no_address():
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text(), lock.name
