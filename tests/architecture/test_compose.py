"""docker-compose.yml, Dockerfile and env.example fit each other, the code and the documentation (no engine needed)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from backend.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
# What ends by itself has no health to be asked for.
ONE_SHOT = {"init", "operator"}
APP = {"init", "web", "worker", "outbound", "relay", "beat", "operator"}
SERVICE_KEYS = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck", "image", "init",
    "logging", "mem_limit", "networks", "ports", "profiles", "read_only", "restart", "security_opt", "shm_size",
    "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
# Of the machine, for files that only one process may read.
FOLDERS = ("${LAUFZETTEL_SEAL_FOLDER", "${LAUFZETTEL_BUNDID_FOLDER")
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
DURATION = re.compile(r"(\d+(ms|s|m|h))+")
SIZE = re.compile(r"(\d+)([mg])")
SETTING = re.compile(r"\b(?:LAUFZETTEL|DATABASE|REDIS|POSTGRES)_[A-Z0-9_]+\b")


def variables_read_by_the_code() -> set[str]:
    """Every variable that backend and workflows take from the environment."""
    found: set[str] = set()
    patterns = (
        r'(?:read|self)\.[a-z_]+\(\s*"([A-Z0-9]+_[A-Z0-9_]+)"',
        r'source\.get\(\s*"([A-Z0-9_]+)"',
        r'os\.environ(?:\.get\(|\.setdefault\(|\[)\s*"([A-Z0-9_]+)"',
    )
    for folder in ("backend", "workflows", "forms", "signing"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text()
            for pattern in patterns:
                found.update(re.findall(pattern, text))
    found.discard("PATH")
    queues = queue_names()
    roles = re.findall(
        r'^    ([A-Z]+) = "laufzettel_', (ROOT / "backend/embedded/roles.py").read_text(), re.MULTILINE
    )
    found |= {f"LAUFZETTEL_LEASE_{queue.upper()}" for queue in queues}
    found |= {f"LAUFZETTEL_PASSWORD_{role}" for role in roles}
    return found


def queue_names() -> set[str]:
    body = (ROOT / "backend/jobs.py").read_text().split("class Queue(StrEnum):", 1)[1].split("\n\n\n", 1)[0]
    return set(re.findall(r'= "([a-z]+)"', body))


def substituted() -> set[str]:
    return set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE_TEXT))


def explained() -> set[str]:
    return set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / "env.example").read_text(), re.MULTILINE))


def documented() -> set[str]:
    """The first column of the tables in configuration.md."""
    text = (ROOT / "docs/reference/configuration.md").read_text()
    return {
        name
        for row in re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
        for name in re.findall(r"`([A-Z0-9_]+)`", row)
    }


def words(value: str | list[str]) -> list[str]:
    return value.split() if isinstance(value, str) else " ".join(value).split()


def test_the_patterns_find_something():
    assert {"routing", "documents", "outbound", "housekeeping"} <= queue_names()
    assert {"DATABASE_URL", "LAUFZETTEL_VAR", "LAUFZETTEL_HEARTBEAT_FILE"} <= variables_read_by_the_code()
    assert {"LAUFZETTEL_LEASE_ROUTING", "LAUFZETTEL_PASSWORD_OPS"} <= variables_read_by_the_code()


def test_the_services_are_those_of_an_installation():
    assert set(SERVICES) == {
        "init",
        "web",
        "worker",
        "outbound",
        "relay",
        "beat",
        "operator",
        "postgres",
        "redis",
        "clamav",
    }


def test_only_known_keys_with_values_of_the_right_form():
    assert set(COMPOSE) <= {"name", "services", "networks", "volumes"} | {
        key for key in COMPOSE if key.startswith("x-")
    }
    for name, service in SERVICES.items():
        assert set(service) <= SERVICE_KEYS, name
        assert all(isinstance(value, str) for value in service.get("environment", {}).values()), name
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":", 1)[0]
            assert source in COMPOSE["volumes"] or source.startswith(FOLDERS), (
                name,
                volume,
            )
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES, (name, other)
            assert how["condition"] in CONDITIONS, (name, other)
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], (name, other)
    assert set(COMPOSE["volumes"]) == {
        volume.split(":", 1)[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume[0] != "$"
    }


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_hardened_and_limited(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].partition(":")[0] not in ("", "0", "root")
    assert SIZE.fullmatch(service["mem_limit"])
    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_every_lasting_service_says_how_it_is(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert len(check["test"]) > 1
    for key in ("interval", "timeout", "start_period"):
        assert DURATION.fullmatch(check[key]), key


@pytest.mark.parametrize("name", ["web", "worker", "outbound", "relay", "beat"])
def test_health_checks_in_python_compile(name):
    command = SERVICES[name]["healthcheck"]["test"]
    assert command[:3] == ["CMD", "python", "-c"]
    compile(command[3], name, "exec")


def test_everything_that_always_runs_fits_a_machine_with_4_gb():
    sizes = {"m": 1, "g": 1024}
    limits = [
        SIZE.fullmatch(s["mem_limit"])
        for n, s in SERVICES.items()
        if "profiles" not in s and n not in ONE_SHOT
    ]
    assert sum(int(limit[1]) * sizes[limit[2]] for limit in limits) <= 3584


def test_images_are_pinned_to_a_patch():
    for name, service in SERVICES.items():
        assert pinned(service["image"]), name
    stages = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert stages
    assert all(pinned(image) for image in stages)


def pinned(image: str) -> bool:
    name, _, tag = image.partition(":")
    if name == "postgres":  # PostgreSQL counts major.minor since version 10: the minor one is the patch.
        return bool(re.match(r"\d+\.\d+(-|$)", tag))
    return "@sha256:" in image or bool(re.match(r"\d+\.\d+\.\d+([-_]|$)", tag))


def test_the_image_is_built_from_hashed_wheels_for_somebody_who_is_not_root():
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "--only-binary :all:" in text
    assert "-r requirements.lock" in text
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert not re.search(r"index-url|find-links|trusted-host", text)


def test_only_the_web_is_published_and_only_on_this_machine():
    assert {name: s["ports"] for name, s in SERVICES.items() if "ports" in s} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(
        SERVICES[name]["networks"] == ["inside"] for name in ("postgres", "redis", "relay", "beat", "init")
    )


def test_each_process_connects_with_the_role_it_needs():
    roles = {name: SERVICES[name]["environment"]["DATABASE_URL"].split("//")[1] for name in APP}
    expected = {
        "init": "owner",
        "web": "app",
        "worker": "app",
        "outbound": "app",
        "relay": "relay",
        "operator": "ops",
    }
    for name, role in expected.items():
        assert roles[name].startswith(f"laufzettel_{role}:${{LAUFZETTEL_PASSWORD_{role.upper()}:?"), name
    assert roles["beat"].startswith("nobody@")


@pytest.mark.parametrize("name", ["web", "worker", "outbound", "relay", "beat"])
def test_no_process_knows_passwords_it_does_not_use(name):
    known = {
        variable
        for variable in SERVICES[name]["environment"]
        if "PASSWORD" in variable or "ADMIN" in variable
    }
    assert known == set()
    assert len(re.findall(r"LAUFZETTEL_PASSWORD_", str(SERVICES[name]["environment"]))) <= 1


def test_only_the_worker_reaches_the_seal():
    assert [name for name, s in SERVICES.items() if any("/run/seal" in v for v in s.get("volumes", []))] == [
        "worker"
    ]


def test_production_is_what_it_runs_in():
    assert all(SERVICES[name]["environment"]["LAUFZETTEL_ENVIRONMENT"] == "production" for name in APP)


def test_every_variable_has_its_line_in_env_example_and_none_is_idle():
    assert explained() == substituted()


# Needed only with a bucket: may stay empty, and then the code asks for them.
ONLY_WITH_A_BUCKET = {"LAUFZETTEL_S3_ACCESS_KEY", "LAUFZETTEL_S3_SECRET_KEY"}


def test_no_secret_has_a_default():
    for name in ONLY_WITH_A_BUCKET:
        assert f"${{{name}-}}" in COMPOSE_TEXT
    for name in substituted() - ONLY_WITH_A_BUCKET:
        if re.search(r"PASSWORD|SECRET|KEY", name):
            assert re.search(rf"\$\{{{name}:\?", COMPOSE_TEXT), name
            assert f"${{{name}:-" not in COMPOSE_TEXT, name
            assert re.search(rf"^{name}=$", (ROOT / "env.example").read_text(), re.MULTILINE), name


def test_every_variable_of_compose_is_documented():
    inside = {variable for service in SERVICES.values() for variable in service.get("environment", {})}
    assert (substituted() | inside) - documented() == set()


def test_every_variable_the_code_reads_is_documented_and_none_is_invented():
    read = variables_read_by_the_code()
    assert read - documented() == set()
    assert documented() - read - substituted() == set()


def test_compose_gives_the_code_only_variables_it_reads():
    for name in APP:
        assert set(SERVICES[name]["environment"]) - variables_read_by_the_code() == set(), name


def test_the_workers_take_from_every_queue_and_the_outside_has_its_own():
    taken = {
        name: next(word for word in SERVICES[name]["command"] if word.startswith("--queues="))[9:].split(",")
        for name in ("worker", "outbound")
    }
    assert taken["outbound"] == ["outbound"]
    assert sorted(taken["worker"] + taken["outbound"]) == sorted(queue_names())


def test_every_command_exists():
    text = "\n".join(" ".join(words(service.get("command", ""))) for service in SERVICES.values())
    named = set(re.findall(r"python -m backend ([a-z-]+)", text)) | {SERVICES["operator"]["command"][0]}
    assert {"init-database", "migrate", "relay"} <= named
    assert named <= set(COMMANDS)


def test_no_setting_in_the_code_is_spelt_differently_in_the_files():
    known = variables_read_by_the_code() | substituted()
    for file in ("docker-compose.yml", "env.example", "Dockerfile"):
        assert set(SETTING.findall((ROOT / file).read_text())) - known == set(), file
