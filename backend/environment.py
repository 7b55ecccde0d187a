"""What the process is told from outside: reads the environment once and refuses what is missing or unsafe."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DEVELOPMENT_KEY = base64.b64encode(b"laufzettel-development-only-key!").decode()
DEVELOPMENT_MASTER_KEY = f"development:{DEVELOPMENT_KEY}"
KEY_BYTES = 32
ENVIRONMENTS = ("development", "production")
NO_SCANNER = "off"
SCANNER = re.compile(r"tcp://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?|unix:///[^?#\s]+")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
THROTTLED = ("person", "address", "refused-tokens", "guests")
LIMIT = re.compile(r"(?:^|,)\s*([a-z-]+)=(\d{1,9}/(?:second|minute|hour|day))(?=\s*(?:,|$))")
THROTTLE = "person=600/minute,address=3000/minute,refused-tokens=60/minute,guests=60/hour"


class EnvironmentProblems(SystemExit):
    """The process cannot start; the message lists every variable that is missing or unsafe."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings of one process, as `docs/reference/configuration.md` lists them."""

    production: bool
    secret_key: str
    database_url: str
    redis_url: str
    master_keys: tuple[tuple[str, bytes], ...]
    index_key: bytes
    issuers: tuple[Mapping[str, Any], ...]
    bundid: tuple[Mapping[str, Any], ...]
    allowed_hosts: tuple[str, ...]
    default_authority: str
    files_folder: Path
    files_bucket: Bucket | None
    clamd: str
    seal_key_file: Path
    seal_certificate_file: Path
    seal_chain_file: Path | None
    seal_passphrase: str
    mail_url: str
    mail_from: str
    portal_url: str
    log_level: str
    lease_seconds: Mapping[str, int]
    throttle: Mapping[str, str]
    proxies: int
    client_certificate_header: str
    cors_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A `postgresql://user:password@host:port/name?host=/socket/dir&sslmode=require` address taken apart."""

    user: str
    password: str
    host: str
    port: str
    name: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> DatabaseUrl:
        """Split the address; a `host` or `port` in the query wins (libpq's form for sockets).

        `options` are libpq's other parameters, such as `sslmode`.
        """
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        return cls(
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=query.pop("host", unquote(parts.hostname or "")),
            port=query.pop("port", str(parts.port or "")),
            name=unquote(parts.path.lstrip("/")),
            options=query,
        )


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where an S3-compatible store keeps the files, as django-storages' options; `location` is a prefix.

    An empty endpoint or region leaves the choice to the client library (Amazon's own).
    """

    bucket_name: str
    location: str
    endpoint_url: str
    region_name: str
    access_key: str
    secret_key: str

    def options(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


class _Reader:
    """Takes variables one by one and remembers what is wrong with them."""

    def __init__(self, source: Mapping[str, str], *, production: bool) -> None:
        self.source, self.production = source, production
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None, *, unsafe: str | None = None) -> str:
        value = self.source.get(name, "").strip()
        if value:
            if self.production and unsafe is not None and value == unsafe:
                self.problems.append(f"{name}: this is the development value; set one of your own")
            return value
        if default is not None and not (self.production and default == unsafe):
            return default
        self.problems.append(f"{name}: is missing (see docs/reference/configuration.md)")
        return ""

    def master_keys(self, name: str) -> tuple[tuple[str, bytes], ...]:
        keys = []
        for entry in self.text(name, DEVELOPMENT_MASTER_KEY, unsafe=DEVELOPMENT_MASTER_KEY).split(","):
            identifier, _, encoded = entry.strip().partition(":")
            key = _decoded(encoded)
            if not identifier or len(key) != KEY_BYTES:
                self.problems.append(f"{name}: needs entries of the form name:base64 of {KEY_BYTES} bytes")
                return ()
            # By its value: under another name it is just as well known.
            if self.production and key == _decoded(DEVELOPMENT_KEY):
                self.problems.append(
                    f"{name}: contains the development key; production refuses to start with it"
                )
            keys.append((identifier, key))
        return tuple(keys)

    def key(self, name: str) -> bytes:
        key = _decoded(self.text(name, DEVELOPMENT_KEY, unsafe=DEVELOPMENT_KEY))
        if len(key) != KEY_BYTES:
            self.problems.append(f"{name}: needs the base64 form of {KEY_BYTES} random bytes")
        return key

    def json_list(self, name: str) -> tuple[Mapping[str, Any], ...]:
        raw = self.text(name, "[]")
        try:
            value = json.loads(raw or "[]")
        except json.JSONDecodeError as error:
            self.problems.append(f"{name}: is not JSON ({error.msg} at character {error.pos})")
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problems.append(f"{name}: must be a JSON list of objects")
            return ()
        return tuple(value)

    def optional_path(self, name: str) -> Path | None:
        raw = self.source.get(name, "").strip()
        return Path(raw) if raw else None

    def names(self, name: str, default: str) -> tuple[str, ...]:
        return tuple(entry.strip() for entry in self.text(name, default).split(",") if entry.strip())

    def limits(self, name: str, default: str) -> Mapping[str, str]:
        """Entries such as `person=600/minute`; `off` for none."""
        raw = self.text(name, default)
        found = dict(LIMIT.findall(raw))
        if raw != "off" and (len(found) != len(raw.split(",")) or not found.keys() <= set(THROTTLED)):
            self.problems.append(
                f"{name}: must be off, or entries like person=600/minute for {', '.join(THROTTLED)}"
            )
        return found

    def bucket(self, address: str) -> Bucket | None:
        """The store of an address `s3://bucket/prefix`; None when files lie in a folder."""
        parts = urlsplit(address)
        if not parts.scheme:
            return None
        if parts.scheme != "s3" or not parts.netloc:
            self.problems.append("LAUFZETTEL_FILES: must be a folder or s3://bucket/prefix")
            return None
        return Bucket(
            bucket_name=parts.netloc,
            location=parts.path.strip("/"),
            endpoint_url=self.text("LAUFZETTEL_S3_ENDPOINT", ""),
            region_name=self.text("LAUFZETTEL_S3_REGION", ""),
            access_key=self.text("LAUFZETTEL_S3_ACCESS_KEY"),
            secret_key=self.text("LAUFZETTEL_S3_SECRET_KEY"),
        )

    def scanner(self, name: str) -> str:
        """Empty for `off`; in production to go without a scanner has to be said."""
        address = self.text(name, None if self.production else NO_SCANNER)
        if address and address != NO_SCANNER and not SCANNER.fullmatch(address):
            self.problems.append(f"{name}: must be tcp://host:port, unix:///path of clamd's socket, or off")
        return "" if address == NO_SCANNER else address

    def trusted_header(self, name: str, *, proxies: int) -> str:
        """A header that a proxy sets anew for every request; without a proxy anybody could send it."""
        header = self.text(name, "")
        if header and not HEADER.fullmatch(header):
            self.problems.append(f"{name}: must be the name of a header: letters, digits, hyphens")
        if header and not proxies:
            self.problems.append(f"{name}: needs LAUFZETTEL_PROXIES above 0: anybody could send this header")
        return header

    def count(self, name: str, default: int) -> int:
        raw = self.text(name, str(default))
        if raw.isascii() and raw.isdigit():
            return int(raw)
        self.problems.append(f"{name}: must be a whole number, 0 or more")
        return default

    def seconds(self, name: str, default: int) -> int:
        raw = self.text(name, str(default))
        if raw.isascii() and raw.isdigit() and int(raw) > 0:
            return int(raw)
        self.problems.append(f"{name}: must be a whole number of seconds above 0")
        return default


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error, or a character that is not ASCII
        return b""


def read_environment(source: Mapping[str, str]) -> Environment:
    """Read and check all settings at once.

    Raises `EnvironmentProblems` with one line for each variable that is missing or unsafe.
    """
    kind = source.get("LAUFZETTEL_ENVIRONMENT", "development").strip()
    production = kind != "development"
    read = _Reader(source, production=production)
    if kind not in ENVIRONMENTS:
        read.problems.append(
            f"LAUFZETTEL_ENVIRONMENT: must be one of {', '.join(ENVIRONMENTS)}, not {kind!r}"
        )
    var = Path(source.get("LAUFZETTEL_VAR", "var"))
    environment = Environment(
        production=production,
        secret_key=read.text("LAUFZETTEL_SECRET_KEY", "development-only", unsafe="development-only"),
        database_url=read.text("DATABASE_URL"),
        redis_url=read.text("REDIS_URL"),
        master_keys=read.master_keys("LAUFZETTEL_MASTER_KEYS"),
        index_key=read.key("LAUFZETTEL_INDEX_KEY"),
        issuers=read.json_list("LAUFZETTEL_ISSUERS"),
        bundid=read.json_list("LAUFZETTEL_BUNDID"),
        allowed_hosts=read.names("LAUFZETTEL_ALLOWED_HOSTS", "127.0.0.1,localhost"),
        default_authority=source.get("LAUFZETTEL_DEFAULT_AUTHORITY", "").strip(),
        files_folder=Path(read.text("LAUFZETTEL_FILES", str(var / "files"))),
        files_bucket=read.bucket(read.text("LAUFZETTEL_FILES", str(var / "files"))),
        clamd=read.scanner("LAUFZETTEL_CLAMD"),
        seal_key_file=Path(read.text("LAUFZETTEL_SEAL_KEY", str(var / "seal" / "key.pem"))),
        seal_certificate_file=Path(
            read.text("LAUFZETTEL_SEAL_CERTIFICATE", str(var / "seal" / "certificate.pem"))
        ),
        seal_chain_file=read.optional_path("LAUFZETTEL_SEAL_CHAIN"),
        seal_passphrase=source.get("LAUFZETTEL_SEAL_PASSPHRASE", ""),
        mail_url=read.text("LAUFZETTEL_MAIL_URL", "smtp://127.0.0.1:2525"),
        mail_from=read.text("LAUFZETTEL_MAIL_FROM", "no-reply@localhost"),
        portal_url=source.get("LAUFZETTEL_PORTAL_URL", "").strip().rstrip("/"),
        log_level=read.text("LAUFZETTEL_LOG_LEVEL", "INFO").upper(),
        throttle=read.limits("LAUFZETTEL_THROTTLE", THROTTLE),
        proxies=(proxies := read.count("LAUFZETTEL_PROXIES", 0)),
        client_certificate_header=read.trusted_header(
            "LAUFZETTEL_CLIENT_CERTIFICATE_HEADER", proxies=proxies
        ),
        cors_origins=tuple(filter(None, source.get("LAUFZETTEL_CORS_ORIGINS", "").split(","))),
        lease_seconds={
            queue: read.seconds(f"LAUFZETTEL_LEASE_{queue.upper()}", default)
            for queue, default in (
                ("routing", 15),
                ("documents", 30),
                ("outbound", 60),
                ("housekeeping", 300),
            )
        },
    )
    if read.problems:
        lines = "\n".join(f"  - {problem}" for problem in read.problems)
        raise EnvironmentProblems(f"Laufzettel cannot start; please mend these settings:\n{lines}")
    return environment
