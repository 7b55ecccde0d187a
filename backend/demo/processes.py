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
# What waits for the world outside has workers of its own: a slow mail server must not stop the town hall.
QUEUES_INSIDE = "routing,documents,housekeeping"
QUEUES_OUTSIDE = "outbound"


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
    granian = ("granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={ports['web']}", "--workers=1")
    web = python(*granian, "--blocking-threads=4", "--backlog=1024", "--no-log", "backend.wsgi:application")
    celery = ("celery", "-A", "backend.celery")
    schedule = f"--schedule={layout.base / 'beat-schedule'}"
    beat = python(*celery, "beat", schedule, "--pidfile=")

    def worker(name: str, queues: str) -> Child:
        quiet = ("--without-mingle", "--without-gossip", f"--hostname={name}@%h")
        command = python(*celery, "worker", f"--queues={queues}", "--concurrency=2", *quiet)
        return _beating(layout, name, command, environment(name), stop_seconds=20)

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
        worker("worker", QUEUES_INSIDE),
        worker("outbound", QUEUES_OUTSIDE),
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
