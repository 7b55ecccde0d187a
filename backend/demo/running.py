"""The running town: servers, tables, people and processes; used by the demo, by tests and by benchmarks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from backend.demo.layout import Layout
from backend.demo.processes import ROOT, town_processes
from backend.embedded.postgres import Postgres
from backend.embedded.processes import ServiceFailed, last_lines
from backend.embedded.roles import Role, init_database, kept_passwords
from backend.embedded.services import postgres_child, valkey_child
from backend.embedded.supervisor import Supervisor
from backend.embedded.valkey import Valkey

DATABASE = "laufzettel"


class RunningTown:
    """First the servers, then tables and people, then our own processes.

    `with_broker=False` leaves Valkey to the caller.
    """

    def __init__(self, *, layout: Layout, with_broker: bool = True) -> None:
        self.layout = layout
        self.postgres, self.valkey = Postgres(base=layout.base), Valkey(base=layout.base)
        children = [postgres_child(self.postgres), *([valkey_child(self.valkey)] if with_broker else [])]
        self.servers = Supervisor(folder=layout.base / "servers", children=children)
        self.processes: Supervisor | None = None
        self.databases: Mapping[Role, str] = {}

    def start(self, *, say: Callable[[str], None] = lambda _: None) -> None:
        """Returns when everything is ready. Raises `ServiceFailed`; call `stop` in any case."""
        say("Starting PostgreSQL and Valkey …")
        self.servers.start()
        passwords = kept_passwords(file=self.layout.base / "roles.json")
        self.databases = init_database(
            admin_url=self.postgres.admin_url, database=DATABASE, passwords=passwords
        )
        say("Starting web, worker, relay, beat, issuer and mail; setting up Stadt Musterhausen …")
        children = town_processes(layout=self.layout, databases=self.databases, broker=self.broker)
        self.processes = Supervisor(folder=self.layout.base, children=children)
        with ThreadPoolExecutor(max_workers=1) as aside:
            # Loading Python takes the processes longer than the tables take: both at once.
            started = aside.submit(self.processes.start)
            try:
                self._run("migrate", Role.OWNER)
                self._run("demo-town", Role.APP)
            except BaseException:
                self.processes.stop()
                raise
            started.result()

    @property
    def broker(self) -> str:
        return self.valkey.celery_url()

    def stop(self) -> None:
        """Stop everything in reverse order; safe to call at any time."""
        if self.processes is not None:
            self.processes.stop()
        self.servers.stop()

    def hurry(self) -> None:
        """A second Ctrl-C: do not wait for anybody any more."""
        for supervisor in (self.processes, self.servers):
            if supervisor is not None:
                supervisor.hurry()

    def _run(self, command: str, role: Role) -> None:
        environment = self.layout.environment(
            databases=self.databases, role=role, broker=self.broker, process=command
        )
        log = self.layout.base / "logs" / f"{command}.log"
        with log.open("ab") as output:
            arguments = [sys.executable, "-m", "backend", command]
            done = subprocess.run(
                arguments, env=environment, cwd=ROOT, stdout=output, stderr=output, check=False
            )
        if done.returncode:
            raise ServiceFailed(f"{command} failed; {log} says:\n{last_lines(log)}")
