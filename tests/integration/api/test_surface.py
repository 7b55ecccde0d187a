"""The surface of the API: health, description, services, and that every refusal is a problem+json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from django.test import Client, override_settings
from drf_spectacular import validation

from backend.api import urls
from backend.api.access import MATRIX
from backend.api.permissions import ByMatrix
from tests.integration.door import SUBMIT, problem
from tests.integration.routes import api_routes
from tests.integration.town import SLUG

ROOT = Path(__file__).resolve().parents[3]


def test_alive_and_ready(nobody):
    assert nobody.get("/health/live").json() == {"status": "alive"}
    assert nobody.get("/health/ready").json() == {"status": "ready"}


def test_without_a_database_it_lives_but_is_not_ready():
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "print([(a.status_code, a.json()['status']) for a in (Client().get(p, headers={'Host': 'x'})"
        " for p in ('/health/live', '/health/ready'))])"
    )
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[(200, 'alive'), (503, 'not ready')]"


@pytest.mark.parametrize(
    "path", ["/api/nowhere", "/api/v1/nowhere", "/api/v1/applications/not-an-id", "/health"]
)
def test_an_unknown_address(nobody, path):
    problem(nobody.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", SUBMIT, {"POST", "OPTIONS"}),
        ("PUT", "/api/v1/applications", {"GET", "HEAD", "OPTIONS"}),
        ("POST", f"/api/v1/services/{SLUG}", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_there(citizen, method, path, allowed):
    answer = citizen().call(method, path, data=b"{}", content_type="application/json")
    problem(answer, 405, "method-not-allowed")
    assert set(answer["Allow"].split(", ")) <= allowed
    assert answer["Allow"]


def test_a_format_that_is_not_there(nobody):
    answer = nobody.call("GET", "/api/v1/services", headers={"Accept": "application/xml"})
    problem(answer, 406, "not-acceptable")


def test_a_host_that_is_not_allowed(nobody):
    with override_settings(ALLOWED_HOSTS=["elsewhere.example"]):
        problem(nobody.get("/api/v1/services"), 400, "bad-request")


def test_every_view_names_who_may_call_it():
    """Every address and method has a cell in the access matrix, and every cell an address that is there."""
    there = set(api_routes())
    cells = {(route, method) for route, methods in MATRIX.items() for method in methods}
    assert len(there) > 50
    assert sorted(there - cells) == [], "backend/api/access.py: add these to MATRIX"
    assert sorted(cells - there) == [], "backend/api/access.py: nobody answers these; take them out of MATRIX"


def test_every_view_asks_the_access_matrix():
    for pattern in urls.urlpatterns:
        view = pattern.callback.view_class
        permissions = pattern.callback.initkwargs.get("permission_classes", view.permission_classes)
        assert permissions == [ByMatrix], view
        assert "check_permissions" not in vars(view), view
        assert "get_permissions" not in vars(view), view


def test_the_description_is_valid_and_made_without_warnings(tmp_path):
    """What a stranger's client generator reads: OpenAPI 3.1."""
    file = tmp_path / "schema.json"
    command = [
        "-m",
        "django",
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--format",
        "openapi-json",
        "--file",
        str(file),
    ]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    described = json.loads(file.read_text())
    assert described["openapi"].startswith("3.1")
    rules = json.loads((Path(validation.__file__).parent / "openapi_3_1_schema.json").read_text())
    assert jsonschema_rs.validator_for(rules).is_valid(described)


def test_every_operation_is_described_with_its_refusals(nobody):
    answer = nobody.call("GET", "/api/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    described = json.loads(answer.content)
    operations = [(path, verb) for path, verbs in described["paths"].items() for verb in verbs]
    views = [p.callback.view_class for p in urls.urlpatterns if str(p.pattern).startswith("v1/")]
    verbs = ("get", "post", "put", "patch", "delete")
    assert len(operations) == sum(hasattr(view, verb) for view in views for verb in verbs)
    submit = described["paths"][SUBMIT.replace(SLUG, "{slug}")]["post"]
    assert {"200", "201", "400", "401", "403", "404", "410", "413", "415", "422", "503"} <= set(
        submit["responses"]
    )
    for status, response in submit["responses"].items():
        assert (status < "300") or list(response["content"]) == ["application/problem+json"]
    header = next(one for one in submit["parameters"] if one["name"] == "Idempotency-Key")
    assert (header["in"], header["required"]) == ("header", True)


def test_the_description_can_be_looked_at(nobody):
    page = nobody.get("/api/docs/")
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert b"http://" not in page.content.replace(b"http://www.w3.org", b"")
    assert b"cdn" not in page.content, "the page fetches nothing from strangers"


def test_services_and_their_form_are_public(nobody, published):
    version = published.publish()
    (service,) = nobody.get("/api/v1/services").json()
    assert (service["slug"], service["version"], service["trust_level"]) == (SLUG, str(version.id), "low")
    assert nobody.get(f"/api/v1/services/{SLUG}").json() == service
    form = nobody.get(f"/api/v1/services/{SLUG}/form").json()
    assert form["version"] == service["version"]
    assert form["ui"]["elements"]
    assert jsonschema_rs.meta.is_valid(form["schema"])
    problem(nobody.get("/api/v1/services/unknown/form"), 404, "unknown-service")


def test_each_answer_has_an_id_for_the_log(nobody):
    first, second = nobody.get("/api/v1/services"), nobody.get("/api/v1/services")
    assert first["X-Request-ID"] != second["X-Request-ID"]


@pytest.mark.parametrize("path", ["/", "/api/docs"])
def test_the_front_door_leads_to_the_documentation(nobody, path):
    answer = nobody.call("GET", path)
    assert (answer.status_code, answer["Location"]) == (302, "/api/docs/")


@pytest.mark.parametrize("spelling", ["{}", "{}.", "{}:8000"])
def test_a_town_is_found_however_its_host_is_spelt(town, published, nobody, spelling):
    for host in (town.authority.host, town.authority.host.upper()):
        answer = Client().get("/api/v1/services", headers={"host": spelling.format(host)})
        assert [entry["slug"] for entry in answer.json()] == ["hundesteuer-anmeldung"]
