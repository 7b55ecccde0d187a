"""The documentation names what exists: links, problems, commands, tables, folders; and nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from backend.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^ {0,3}```.*?^ {0,3}```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
SKIPPED = {".git", ".venv", "var", "node_modules"}
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|opt/pypi[\w-]*|Users/\w+)/")
INDEX = re.compile(
    r"--(?:extra-)?index-url\b|--find-links\b|--trusted-host\b|https?://(?:files\.pythonhosted\.org|pypi\.org/simple)"
)
PICTURES = ("docs/journey.svg", "docs/explanation/architecture.svg")


def files_of_the_project() -> list[Path]:
    """What git tracks or would track; everything but known leftovers where there is no git."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == 0:
        return [ROOT / name for name in asked.stdout.splitlines() if (ROOT / name).is_file()]
    return [
        file for file in ROOT.rglob("*") if file.is_file() and not SKIPPED & set(file.relative_to(ROOT).parts)
    ]


FILES = files_of_the_project()
PAGES = sorted(file for file in FILES if file.suffix == ".md" and "letters" not in file.parts)


def anchors(page: Path) -> set[str]:
    """GitHub's anchors of the headings."""
    headings = re.findall(
        r"^#+ (.+)$",
        CODE.sub(lambda m: m[0].strip("`") if "\n" not in m[0] else "", page.read_text()),
        re.MULTILINE,
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_there_are_pages():
    assert len(PAGES) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page):
    for target in LINK.findall(CODE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), f"{target} does not exist"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{target}: there is no such heading"


def test_problems_md_lists_exactly_the_problems_of_the_api():
    tables = sorted((ROOT / "backend/api").glob("*problems.py"))
    calls = [
        node
        for table in tables
        for node in ast.walk(ast.parse(table.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_kind"
    ]
    in_code = {(call.args[0].value, str(call.args[1].value)) for call in calls}
    page = (ROOT / "docs/reference/problems.md").read_text()
    assert in_code
    assert set(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", page, re.MULTILINE)) == in_code


def test_problems_md_lists_exactly_the_reasons_for_refusing_a_token():
    reasons = (ROOT / "signing/refusals.py").read_text().split("_REASONS", 1)[1].split("\n}\n", 1)[0]
    in_code = set(re.findall(r'^    "([a-z-]+)": \(', reasons, re.MULTILINE))
    section = (ROOT / "docs/reference/problems.md").read_text().split("## Why a token is refused", 1)[1]
    assert in_code
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == in_code


def test_commands_md_lists_exactly_the_commands():
    page = (ROOT / "docs/reference/commands.md").read_text()
    assert set(re.findall(r"^## `([a-z-]+)`", page, re.MULTILINE)) == set(COMMANDS)


def test_no_page_names_a_command_that_does_not_exist():
    for page in PAGES:
        named = set(re.findall(r"(?:python -m backend|run --rm operator) ([a-z][a-z-]+)", page.read_text()))
        assert named <= set(COMMANDS), page


def test_api_md_lists_exactly_the_addresses():
    declared = re.findall(r'path\("(v1/[^"]+|schema|docs/)"', (ROOT / "backend/api/urls.py").read_text())
    in_code = {"/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", address) for address in declared}
    page = (ROOT / "docs/reference/api.md").read_text()
    assert in_code
    assert (
        set(re.findall(r"^\| (?:GET|POST|PUT|PATCH|DELETE|HEAD) \| `(/api/[^`]+)`", page, re.MULTILINE))
        == in_code
    )


def test_access_md_is_what_the_access_matrix_says():
    anywhere = {"DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    command = [sys.executable, "-m", "backend", "access-matrix"]
    written = subprocess.run(command, cwd=ROOT, env=anywhere, capture_output=True, text=True, check=True)
    page = (ROOT / "docs/reference/access.md").read_text()
    assert page == written.stdout, "python -m backend access-matrix > docs/reference/access.md"


def test_data_model_md_lists_exactly_the_tables():
    models = "\n".join(file.read_text() for file in (ROOT / "backend").rglob("models.py"))
    in_code = set(re.findall(r'db_table = "([a-z_]+)"', models))
    section = (
        (ROOT / "docs/reference/data-model.md").read_text().split("## Tables", 1)[1].split("\n## ", 1)[0]
    )
    assert in_code
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)) == in_code


def test_every_folder_of_code_says_what_it_is():
    folders = [
        "backend", "backend/api", "backend/cases", "backend/outbox", "backend/keys", "backend/identity",
        "backend/notifications", "backend/demo", "backend/embedded", "backend/services", "workflows", "forms",
        "signing", "tests", "docs", "catalogue",
    ]  # fmt: skip
    assert [folder for folder in folders if not (ROOT / folder / "README.md").exists()] == []


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.name == "README.md"],
    ids=lambda page: str(page.parent.relative_to(ROOT)),
)
def test_a_readme_names_only_files_that_exist(page):
    """In the tables of a folder's README: files of the folder, or paths from the root."""
    named = re.findall(
        r"`([\w/]+\.(?:py|toml|yml))`", "\n".join(re.findall(r"^\|.*\|$", page.read_text(), re.MULTILINE))
    )
    missing = [name for name in named if not any((folder / name).exists() for folder in (page.parent, ROOT))]
    missing = [name for name in missing if not list(page.parent.rglob(Path(name).name))]
    assert missing == []


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_can_be_read_without_seeing_them(name):
    picture = ET.parse(ROOT / name).getroot()  # noqa: S314 -- our own file
    kinds = {child.tag.rpartition("}")[2]: child for child in picture}
    assert kinds["title"].text
    assert kinds["desc"].text
    assert picture.get("role") == "img"
    assert set(picture.get("aria-labelledby", "").split()) == {
        kinds["title"].get("id"),
        kinds["desc"].get("id"),
    }
    assert "prefers-color-scheme: dark" in (ROOT / name).read_text()


def test_nothing_of_the_machine_it_was_written_on():
    wrong = []
    for file in FILES:
        if file == Path(__file__).resolve():
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            allowed = line.replace("--no-emit-index-url", "")
            if MACHINE.search(allowed) or (INDEX.search(allowed) and "tests" not in file.parts):
                wrong.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert wrong == []
