"""The two stores files can lie in, a real virus scanner, and a draft that asks for files."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings

from backend.environment import read_environment
from tests.integration.files.clamd import Clamd
from tests.integration.files.form_with_files import with_files
from tests.integration.files.s3 import running_store


@pytest.fixture(scope="session")
def bucket(tmp_path_factory):
    with running_store(folder=tmp_path_factory.mktemp("s3")) as store:
        yield store


@pytest.fixture
def in_bucket(bucket):
    """Files go to the bucket, as an installation with these settings would do."""
    if bucket.process is None:
        bucket.start()
    environment = read_environment({**os.environ, **bucket.environment})
    options = environment.files_bucket.options()
    files = {"BACKEND": "backend.files.bucket.BucketStorage", "OPTIONS": options}
    with override_settings(STORAGES={**settings.STORAGES, "files": files}):
        yield bucket


@pytest.fixture(params=["folder", "bucket"])
def store(request):
    """Every test with it runs on both."""
    if request.param == "bucket":
        request.getfixturevalue("in_bucket")
    return request.param


@pytest.fixture(scope="session")
def _clamd(tmp_path_factory):
    with Clamd(folder=tmp_path_factory.mktemp("clamd-of-uploads")) as daemon:
        yield daemon


@pytest.fixture
def scanning(_clamd):
    """The worker's virus scanner, running; a test may stop and start it."""
    if _clamd._process is None:
        _clamd.start()
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, clamd=_clamd.tcp)):
        yield _clamd


@pytest.fixture
def published(town):
    """A town whose dog tax asks for files."""
    town.publish(with_files())
    return town


@pytest.fixture
def erika(citizen):
    return citizen("erika")


@pytest.fixture
def draft(erika, published):
    from tests.integration.files.desk import new_draft  # noqa: PLC0415 -- needs settings

    return new_draft(erika, published)
