"""Integration tests run on a real PostgreSQL and Valkey, as the application's own database role.

Each test makes an authority of its own: row-level security keeps tests apart, so nothing is cleaned up.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.embedded.ports import claim_ports
from backend.embedded.roles import Role
from backend.embedded.services import Services
from signing.seal import make_development_seal
from tests.integration.sign_in import development_issuers

_running = contextlib.ExitStack()
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def pytest_configure(config):
    """Before any test module is collected: they import models, which need settings."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return  # xdist's controller runs no test; what it set here its workers would inherit.
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        return
    base = Path(_running.enter_context(tempfile.TemporaryDirectory(prefix="laufzettel-")))
    services = _running.enter_context(Services.start(base))
    databases = services.database("test")
    seal = make_development_seal(name="Stadt Teststadt", at=NOW - timedelta(days=30))
    (base / "seal").mkdir()
    (base / "seal" / "key.pem").write_bytes(seal.key_pem)
    (base / "seal" / "certificate.pem").write_bytes(seal.certificate_pem)
    issuers = _running.enter_context(development_issuers(folder=base))
    mail_port = claim_ports(file=base / "ports.json", wanted={"mail": None})["mail"]
    os.environ |= {
        "DATABASE_URL": databases[Role.OWNER],
        "REDIS_URL": services.valkey.celery_url(),
        "LAUFZETTEL_VAR": str(base),
        "LAUFZETTEL_ALLOWED_HOSTS": "*",
        "LAUFZETTEL_LOG_LEVEL": "CRITICAL",
        "LAUFZETTEL_ISSUERS": issuers,
        "LAUFZETTEL_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DJANGO_SETTINGS_MODULE": "backend.settings",
    }
    subprocess.run(
        [sys.executable, "-m", "backend", "migrate"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    os.environ["DATABASE_URL"] = databases[Role.APP]
    os.environ["TEST_DATABASE_OWNER"] = databases[Role.OWNER]
    os.environ["TEST_DATABASE_RELAY"] = databases[Role.RELAY]
    os.environ["TEST_DATABASE_OPS"] = databases[Role.OPS]
    import django  # noqa: PLC0415 -- settings exist only now

    django.setup()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Before xdist hears that this worker is done: it gives a worker little time to end after that."""
    _running.close()


def pytest_unconfigure(config):
    _running.close()


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def town():
    from tests.integration.town import TestTown  # noqa: PLC0415 -- needs settings

    return TestTown.found(now=NOW)


@pytest.fixture
def authority(town):
    return town.authority


@pytest.fixture
def published(town):
    """A town that offers the dog tax."""
    town.publish()
    return town


@pytest.fixture
def citizen(published):
    """`citizen("erika")`: her browser, signed in at the development issuer."""
    from tests.integration.door import Caller  # noqa: PLC0415 -- needs settings

    return lambda name="erika": Caller.signed_in(
        host=published.authority.host, realm="citizens", account=name
    )


@pytest.fixture
def clerk(published):
    """`clerk("clara")`: her browser, signed in at the development issuer."""
    from tests.integration.door import Caller  # noqa: PLC0415 -- needs settings

    return lambda name: Caller.signed_in(host=published.authority.host, realm="clerks", account=name)


@pytest.fixture
def nobody(published):
    """A browser without a sign-in."""
    from tests.integration.door import Caller  # noqa: PLC0415 -- needs settings

    return Caller(host=published.authority.host)


@pytest.fixture
def rows(town):
    """`rows()`: how many rows each table has for this town, to see that a refusal stored nothing."""
    from tests.integration.database import row_counts  # noqa: PLC0415 -- needs settings

    return lambda: row_counts(authority_id=town.id)


@pytest.fixture(scope="session")
def mail_sink():
    """The folder of a real mail server that the settings already point to."""
    from tests.integration.post_office import running_sink  # noqa: PLC0415 -- needs settings

    with running_sink(folder=Path(os.environ["LAUFZETTEL_VAR"]) / "mail") as folder:
        yield folder
