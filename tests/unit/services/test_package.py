"""A package read from a folder: limits, names, links, hash."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.services import package as packages
from backend.services.package import REQUIRED, Package, PackageProblems, hash_of, load_folder

MINIMAL = dict.fromkeys(REQUIRED, b"x")


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def codes(folder: Path) -> set[tuple[str, str]]:
    with pytest.raises(PackageProblems) as refused:
        load_folder(folder=folder)
    return {(problem.where, problem.code) for problem in refused.value.problems}


def test_a_folder_becomes_files_and_a_hash(tmp_path):
    package = load_folder(folder=write(tmp_path, {**MINIMAL, "letters/a.de.md": b"Hallo", ".gitkeep": b""}))
    assert package.files["letters/a.de.md"] == b"Hallo"
    assert ".gitkeep" not in package.files
    assert package.content_hash == hash_of(files={**MINIMAL, "letters/a.de.md": b"Hallo"})
    assert package.names("letters/*.md") == ("letters/a.de.md",)


def test_the_hash_is_what_sha256sum_says(tmp_path):
    lines = "".join(f"{hashlib.sha256(b'x').hexdigest()}  {name}\n" for name in sorted(REQUIRED))
    assert hash_of(files=MINIMAL) == hashlib.sha256(lines.encode()).hexdigest()


@given(
    st.dictionaries(st.sampled_from(REQUIRED), st.binary(max_size=4)),
    st.sampled_from(REQUIRED),
    st.binary(max_size=4),
)
def test_the_hash_changes_with_any_content_and_not_with_order(files, name, content):
    changed = {**files, name: content}
    assert hash_of(files=dict(reversed(files.items()))) == hash_of(files=files)
    assert (hash_of(files=changed) == hash_of(files=files)) is (changed == files)


def test_texts_and_back_are_the_same_package(sound):
    assert Package.of_texts(texts=sound.texts()).content_hash == sound.content_hash


def test_missing_files_are_named_all_at_once(tmp_path):
    assert codes(tmp_path) == {(name, "missing-file") for name in REQUIRED}


def test_no_folder(tmp_path):
    assert codes(tmp_path / "nowhere") == {(str(tmp_path / "nowhere"), "not-a-folder")}


@pytest.mark.parametrize(
    "name", ["run.py", "letters/A.de.md", "letters/a.md", "tasks/a.txt", "x.bpmn", "a/b/c.md", "tasks/ä.json"]
)
def test_files_that_do_not_belong_are_refused(tmp_path, name):
    found = codes(write(tmp_path, {**MINIMAL, name: b"x"}))
    assert {code for _, code in found} == {"unexpected-file"}


@pytest.mark.parametrize("name", ["../x.dmn", "/etc/passwd", "letters/../x.dmn", "letters\\a.de.md"])
def test_names_cannot_lead_out_of_the_package(name):
    with pytest.raises(PackageProblems) as refused:
        Package.of(files={**MINIMAL, name: b"x"})
    assert [problem.code for problem in refused.value.problems] == ["unexpected-file"]


def test_symbolic_links_are_refused_and_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    folder = write(tmp_path / "package", MINIMAL)
    (folder / "README.md").symlink_to(secret)
    (folder / "letters").symlink_to(tmp_path)
    assert codes(folder) == {("README.md", "symbolic-link"), ("letters", "symbolic-link")}


def test_pipes_are_refused_without_waiting(tmp_path):
    folder = write(tmp_path, MINIMAL)
    os.mkfifo(folder / "README.md")
    assert codes(folder) == {("README.md", "unexpected-file")}


def test_limits_of_one_file_and_of_all(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(packages, "MAX_TOTAL_BYTES", 30)
    found = codes(write(tmp_path, {**MINIMAL, "a.dmn": b"x" * 11, "b.dmn": b"x" * 10, "c.dmn": b"x" * 10}))
    assert found == {("a.dmn", "file-too-large"), (".", "package-too-large")} | {
        (name, "missing-file") for name in REQUIRED if name > "c.dmn"
    }


def test_limit_of_the_number_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MAX_FILES", 5)
    assert (".", "too-many-files") in codes(write(tmp_path, {**MINIMAL, "a.dmn": b"x"}))


def test_text_that_is_none_is_named_with_its_line(tmp_path):
    found = codes(write(tmp_path, {**MINIMAL, "a.dmn": b"one\ntw\xf6\n", "b.dmn": b"one\ntwo\n\0"}))
    assert found == {("a.dmn:line 2", "not-utf-8"), ("b.dmn:line 3", "nul-character")}
