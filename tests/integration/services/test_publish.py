"""Publishing, withdrawing and serving versions, on a real database as the application's role."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection
from django.db.utils import ProgrammingError

from backend.authorities.models import Unit
from backend.services import queries
from backend.services.errors import UnknownService, WithdrawnVersion
from backend.services.models import ServiceVersion
from backend.services.operations import publish, withdraw
from backend.services.package import Package, PackageProblems, load_folder
from backend.tenancy import acting_for

FOLDER = Path(__file__).resolve().parents[3] / "catalogue" / "hundesteuer-anmeldung"
SLUG = "hundesteuer-anmeldung"


@pytest.fixture
def package() -> Package:
    return load_folder(folder=FOLDER)


def changed(package: Package) -> Package:
    texts = package.texts()
    texts["service.toml"] = texts["service.toml"].replace("Register a dog", "Sign up a dog")
    return Package.of_texts(texts=texts)


def published(authority, package, now) -> UUID:
    with acting_for(authority_id=authority.id):
        return publish(authority_id=authority.id, package=package, now=now).id


def test_a_published_package_is_offered_and_compiled(authority, package, now):
    version_id = published(authority, package, now)
    with acting_for(authority_id=authority.id):
        (offered,) = queries.offered(authority_id=authority.id)
        assert (offered.id, offered.slug, offered.number) == (version_id, SLUG, 1)
        assert offered.content_hash == package.content_hash
        assert queries.current(authority_id=authority.id, slug=SLUG).id == version_id
        service = queries.compiled(authority_id=authority.id, version_id=version_id)
        assert service.manifest.slug == SLUG
        assert queries.compiled(authority_id=authority.id, version_id=version_id) is service


def test_publishing_the_same_again_changes_nothing(authority, package, now):
    assert published(authority, package, now) == published(authority, package, now + timedelta(days=1))


def test_a_new_content_gets_the_next_number_and_going_back_too(authority, package, now):
    first = published(authority, package, now)
    second = published(authority, changed(package), now)
    third = published(authority, package, now)
    assert len({first, second, third}) == 3
    with acting_for(authority_id=authority.id):
        assert [
            queries.version(authority_id=authority.id, version_id=each).number
            for each in (first, second, third)
        ] == [1, 2, 3]
        assert [each.id for each in queries.offered(authority_id=authority.id)] == [third]


def test_an_invalid_package_is_refused_whole(authority, package, now):
    texts = package.texts()
    texts["process.bpmn"] = texts["process.bpmn"].replace('"issue-notice"', '"rm"', 1)
    with pytest.raises(PackageProblems) as refused:
        published(authority, Package.of_texts(texts=texts), now)
    assert [problem.code for problem in refused.value.problems] == ["unknown-command"]
    with acting_for(authority_id=authority.id):
        assert queries.offered(authority_id=authority.id) == ()


def refused_with(authority, texts, now):
    with pytest.raises(PackageProblems) as refused:
        published(authority, Package.of_texts(texts=texts), now)
    with acting_for(authority_id=authority.id):
        assert queries.offered(authority_id=authority.id) == ()
    return refused.value.problems


def test_a_place_that_an_import_left_open_is_not_published(authority, package, now):
    texts = package.texts()
    letter = next(name for name in texts if name.startswith("letters/"))
    texts[letter] += "\nAUSFÜLLEN: Gründe.\n"
    (found,) = refused_with(authority, texts, now)
    assert found.where == f"{letter}:line {len(texts[letter].splitlines())}"
    assert found.code == "placeholder-left"
    assert set(found.text) == {"de", "en"}


def test_a_unit_that_nobody_has_is_not_published(authority, package, now):
    texts = package.texts()
    texts["service.toml"] = texts["service.toml"].replace(
        'unit = "steueramt"', 'unit = "steueramt"\nother_units = ["stadtkasse"]', 1
    )
    (found,) = refused_with(authority, texts, now)
    assert found.code == "unit-missing"
    assert found.where.startswith("service.toml:line ")
    for text in found.text.values():
        assert "„stadtkasse“" in text or "“stadtkasse”" in text
        assert "add-unit" in text
        assert "PUT /api/v1/units/stadtkasse" in text
    with acting_for(authority_id=authority.id):
        Unit.objects.filter(key="it").update(also=["stadtkasse"])
    assert published(authority, Package.of_texts(texts=texts), now)


def test_withdrawing_brings_the_version_before_back(authority, package, now):
    first = published(authority, package, now)
    second = published(authority, changed(package), now)
    with acting_for(authority_id=authority.id):
        withdraw(authority_id=authority.id, version_id=second, now=now)
        withdraw(authority_id=authority.id, version_id=second, now=now + timedelta(days=1))
        assert queries.current(authority_id=authority.id, slug=SLUG).id == first
        assert queries.version(authority_id=authority.id, version_id=second).withdrawn_at == now
        assert (
            queries.compiled(authority_id=authority.id, version_id=second).content_hash
            != package.content_hash
        )
        with pytest.raises(WithdrawnVersion) as refused:
            queries.accepting(authority_id=authority.id, version_id=second)
        assert set(refused.value.text) == {"de", "en"}
        withdraw(authority_id=authority.id, version_id=first, now=now)
        with pytest.raises(WithdrawnVersion):
            queries.current(authority_id=authority.id, slug=SLUG)


def test_unknown_services_and_versions(authority, now):
    with acting_for(authority_id=authority.id):
        with pytest.raises(UnknownService):
            queries.current(authority_id=authority.id, slug="jagdschein")
        with pytest.raises(UnknownService):
            queries.compiled(authority_id=authority.id, version_id=uuid4())
        with pytest.raises(UnknownService):
            withdraw(authority_id=authority.id, version_id=uuid4(), now=now)


def test_another_authority_sees_nothing_even_with_the_id(authority, package, now):
    version_id = published(authority, package, now)
    stranger = uuid4()
    with acting_for(authority_id=stranger):
        assert not ServiceVersion.objects.filter(id=version_id).exists()
        with pytest.raises(UnknownService):
            queries.compiled(authority_id=authority.id, version_id=version_id)


@pytest.mark.parametrize(
    "statement",
    [
        "update service_version set files = '{}' where id = %s",
        "update service_version set content_hash = 'x' where id = %s",
        "delete from service_version where id = %s",
    ],
)
def test_the_application_cannot_change_or_delete_a_version(authority, package, now, statement):
    version_id = published(authority, package, now)
    with (
        pytest.raises(ProgrammingError),
        acting_for(authority_id=authority.id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [version_id])


def test_a_stored_package_that_does_not_match_its_hash_is_not_used(authority, package, now):
    with acting_for(authority_id=authority.id):
        row = ServiceVersion.objects.create(
            authority_id=authority.id,
            slug=SLUG,
            number=7,
            content_hash="0" * 64,
            files=package.texts(),
            published_at=now,
        )
        with pytest.raises(PackageProblems) as refused:
            queries.compiled(authority_id=authority.id, version_id=row.id)
    assert refused.value.problems[0].code == "content-altered"


def test_a_hostile_condition_put_into_the_database_by_hand_is_refused(authority, package, now, tmp_path):
    mark = tmp_path / "owned"
    texts = package.texts()
    condition = f"__import__('pathlib').Path('{mark}').touch()"
    texts["process.bpmn"] = texts["process.bpmn"].replace('answers.befreiung.art != "keine"', condition)
    hostile = Package.of_texts(texts=texts)
    with acting_for(authority_id=authority.id):
        row = ServiceVersion.objects.create(
            authority_id=authority.id,
            slug=SLUG,
            number=1,
            content_hash=hostile.content_hash,
            files=texts,
            published_at=now,
        )
        with pytest.raises(PackageProblems):
            queries.compiled(authority_id=authority.id, version_id=row.id)
    assert not mark.exists()


def test_one_number_is_given_once(authority, package, now):
    published(authority, package, now)
    values = {"slug": SLUG, "number": 1, "content_hash": "x", "files": {}, "published_at": now}
    with pytest.raises(DatabaseError), acting_for(authority_id=authority.id):
        ServiceVersion.objects.create(authority_id=authority.id, **values)


def test_two_people_publishing_at_once_get_two_numbers(authority, package, now):
    def one(content: Package) -> int:
        try:
            with acting_for(authority_id=authority.id):
                return publish(authority_id=authority.id, package=content, now=now).number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, [package, changed(package)])) == [1, 2]
