"""PostgreSQL and Valkey together in one folder: started in parallel, or put under a supervisor."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.embedded.child import Child
from backend.embedded.postgres import Postgres
from backend.embedded.roles import Role, init_database, kept_passwords
from backend.embedded.valkey import Valkey


@dataclass(frozen=True, slots=True)
class Services:
    """Two running servers and the seconds each took until it answered."""

    base: Path
    postgres: Postgres
    valkey: Valkey
    seconds: Mapping[str, float]

    @property
    def admin_url(self) -> str:
        return self.postgres.admin_url

    @property
    def passwords(self) -> dict[Role, str]:
        return kept_passwords(file=self.base / "roles.json")

    def database(self, name: str) -> dict[Role, str]:
        """Roles and a database called `name`, made if missing; the address for every role."""
        return init_database(admin_url=self.admin_url, database=name, passwords=self.passwords)

    @classmethod
    @contextmanager
    def start(
        cls,
        base: Path,
        *,
        postgres_port: int | None = None,
        valkey_port: int | None = None,
        postgres_settings: Mapping[str, str] | None = None,
        valkey_settings: Mapping[str, str] | None = None,
    ) -> Iterator[Services]:
        """Start both in `base`, hand them out, stop both.

        When called from the main thread, the servers also end if this process is killed.
        Raises `ServiceFailed` (from `processes`) with the end of the server's log.
        """
        base = base.resolve()
        base.mkdir(parents=True, exist_ok=True)
        postgres = Postgres(base=base, port=postgres_port, settings=postgres_settings)
        valkey = Valkey(base=base, port=valkey_port, settings=valkey_settings)
        try:
            yield cls(base=base, postgres=postgres, valkey=valkey, seconds=_start_both(postgres, valkey))
        finally:
            valkey.stop()
            postgres.stop()


def _start_both(postgres: Postgres, valkey: Valkey) -> dict[str, float]:
    """Both are launched by this thread, because they are to die with it; only waiting happens in another."""
    main = threading.current_thread() is threading.main_thread()
    with ThreadPoolExecutor(1) as pool:
        valkey.launch(death_signal=signal.SIGTERM if main else None)
        valkey_seconds = pool.submit(_timed, valkey.wait_ready)
        postgres_seconds = _timed(lambda: postgres.start(death_signal=signal.SIGINT if main else None))
        return {"valkey": valkey_seconds.result(), "postgres": postgres_seconds}


def _timed(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def postgres_child(postgres: Postgres, *, name: str = "postgres") -> Child:
    """PostgreSQL as a child of the supervisor: recovered and started again when it is killed."""
    return Child(
        name=name,
        command=lambda: postgres.argv,
        environment=postgres.environment,
        cwd=Path("/"),
        run_as=lambda: postgres.run_as,
        prepare=postgres.prepare,
        ready=postgres.is_ready,
        release=postgres.release,
        stop_signal=signal.SIGINT,
        stop_seconds=20.0,
        death_signal=signal.SIGINT,
    )


def valkey_child(valkey: Valkey, *, name: str = "valkey") -> Child:
    """Valkey as a child of the supervisor: recovered and started again when it is killed."""
    return Child(
        name=name,
        command=lambda: valkey.argv,
        environment=valkey.environment,
        cwd=valkey.data,
        prepare=valkey.prepare,
        ready=valkey.is_ready,
        release=valkey.release,
    )
