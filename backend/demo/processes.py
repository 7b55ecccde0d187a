"""The processes of the demo, in the order they start."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from backend.demo.layout import Layout
from backend.embedded.child import Child
from backend.embedded.roles import Role

ROOT = Path(__file__).resolve().parents[2]
QUEUES = "routing,documents,outbound,housekeeping"


def town_processes(*, layout: Layout, databases: Mapping[Role, str], broker: str) -> list[Child]:
    """Issuer, mail sink, web, worker, relay and beat."""

    def environment(process: str, role: Role = Role.APP) -> dict[str, str]:
        return layout.environment(databases=databases, role=role, broker=broker, process=process)

    def python(*arguments: str) -> list[str]:
        return [sys.executable, "-m", *arguments]

    ports = {name: str(port) for name, port in layout.ports.items()}
    issuer = python(
        "backend.embedded.issuer", "--port", ports["issuer"], "--keys", str(layout.base / "issuer-keys.json")
    )
    mail = python(
        "backend.embedded.mailsink",
        *("--port", ports["mail"], "--folder", str(layout.mail_folder), "--http-port", ports["mail-page"]),
    )
    web = python(
        *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", ports["web"]),
        *(
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--backlog",
            "1024",
            "--no-log",
            "backend.wsgi:application",
        ),
    )
    worker = python(
        "celery",
        "-A",
        "backend.celery",
        "worker",
        "-Q",
        QUEUES,
        "-c",
        "2",
        "--without-mingle",
        "--without-gossip",
    )
    beat = python(
        "celery",
        "-A",
        "backend.celery",
        "beat",
        "--schedule",
        str(layout.base / "beat-schedule"),
        "--pidfile=",
    )
    return [
        Child(
            name="issuer", command=issuer, cwd=ROOT, ready=_answers(f"{layout.issuer_url}/health"), wait=False
        ),
        Child(name="mail", command=mail, cwd=ROOT, ready=_answers(layout.mail_page_url), wait=False),
        Child(
            name="web",
            command=web,
            cwd=ROOT,
            environment=environment("web"),
            ready=_answers(f"{layout.web_url}/health/ready"),
            wait=False,
        ),
        _beating(layout, "worker", worker, environment("worker"), stop_seconds=20),
        _beating(layout, "relay", python("backend", "relay"), environment("relay", Role.RELAY)),
        Child(name="beat", command=beat, cwd=ROOT, environment=environment("beat"), wait=False),
    ]


def _beating(
    layout: Layout, name: str, command: list[str], environment: dict[str, str], *, stop_seconds: float = 10
) -> Child:
    """A process that touches a file while it lives."""
    file = layout.heartbeat(name)

    def prepare() -> None:
        file.unlink(missing_ok=True)

    return Child(
        name=name,
        command=command,
        cwd=ROOT,
        environment=environment,
        prepare=prepare,
        ready=file.exists,
        wait=False,
        stop_seconds=stop_seconds,
    )


def _answers(url: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return httpx.get(url, timeout=1, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return ask
