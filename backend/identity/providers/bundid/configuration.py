"""From `LAUFZETTEL_BUNDID` to service providers; refuses what is unsafe or incomplete, with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signing.saml.bundid import ATTRIBUTES
from signing.saml.metadata import IdentityProvider, UnsafeMetadata, read_provider, service_metadata
from signing.saml.request import LEVEL_NAMES, METHODS
from signing.saml.signatures import SIGNING, KeyPair

CONSUMER_PATH = "/saml/bundid/acs"
LEAST_RSA_BITS = 3_072  # BSI TR-02102-1: 3000 bits or more
MOST_KEY_PAIRS = 2
MOST_FILE_BYTES = 1_000_000
DEFAULT_ATTRIBUTES: Mapping[str, bool] = {
    "bpk2": True,
    "given_name": False,
    "family_name": False,
    "birthdate": False,
    "email": False,
    "street": False,
    "postcode": False,
    "city": False,
    "country": False,
    "title": False,
    "proved_by": False,
    "postbox": False,
}
_MEMBERS = {
    "authority", "entity_id", "address", "provider_metadata", "keys", "service_id", "display_name",
    "signature", "level_names", "methods", "attributes", "label",
}  # fmt: skip


class UnsafeProvider(ValueError):
    """An entry of `LAUFZETTEL_BUNDID` is unsafe or incomplete; `reasons` lists everything."""

    def __init__(self, name: str, reasons: list[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(f"LAUFZETTEL_BUNDID, {name or '(no entity_id)'}: " + "; ".join(reasons))


@dataclass(frozen=True, slots=True, eq=False)
class ServiceProvider:
    """We as BundID knows us. The first of `pairs` signs and is encrypted for; all of them decrypt.

    `attributes`: BundID's name → whether it must deliver it.
    """

    entity_id: str
    consumer_url: str
    provider: IdentityProvider
    pairs: tuple[KeyPair, ...]
    service_id: str
    display_name: str
    signature: str
    level_names: str
    methods: tuple[str, ...]
    attributes: Mapping[str, bool]
    label: Mapping[str, str]

    def metadata(self) -> bytes:
        """What BundID is told about us; the certificates of both key pairs are in it during a change."""
        return service_metadata(
            entity_id=self.entity_id,
            consumer_url=self.consumer_url,
            display_name=self.display_name,
            signing=[pair.certificate for pair in self.pairs],
            encryption=self.pairs[0].certificate,
        )


def read_service_providers(
    *, configured: tuple[Mapping[str, Any], ...], production: bool, now: datetime
) -> dict[str, ServiceProvider]:
    """The service providers by short name of the authority; "" is the one for all others.

    Raises `UnsafeProvider` naming the entry and every reason.
    """
    found: dict[str, ServiceProvider] = {}
    for entry in configured:
        authority, name = entry.get("authority", ""), str(entry.get("entity_id", ""))
        if not isinstance(authority, str):
            raise UnsafeProvider(name, ["authority must be a text: its short name"])
        if authority in found:
            raise UnsafeProvider(name, [f"authority {authority or '(all)'} is listed twice"])
        found[authority] = _Entry(entry, production=production, now=now).read()
    return found


class _Entry:
    """One entry of the list; remembers everything that is wrong with it."""

    def __init__(self, entry: Mapping[str, Any], *, production: bool, now: datetime) -> None:
        self.entry, self.production, self.now = entry, production, now
        self.reasons = [f"{name} is not known" for name in sorted(entry.keys() - _MEMBERS)]

    def read(self) -> ServiceProvider:
        entity_id = self._text("entity_id")
        self._check_address("entity_id", entity_id)
        parts = urlsplit(entity_id) if not self.reasons else urlsplit("")
        address = self._text("address", f"{parts.scheme}://{parts.netloc}")
        if "address" in self.entry:
            self._check_address("address", address)
        pairs, provider = self._pairs(), self._provider()
        service = {
            "service_id": self._text("service_id"),
            "display_name": self._text("display_name"),
            "signature": self._one_of("signature", tuple(SIGNING)),
            "level_names": self._one_of("level_names", tuple(LEVEL_NAMES)),
            "methods": self._methods(),
            "attributes": self._attributes(),
            "label": self._label(),
        }
        if self.reasons or provider is None:
            raise UnsafeProvider(entity_id, self.reasons)
        return ServiceProvider(
            entity_id=entity_id,
            consumer_url=address.rstrip("/") + CONSUMER_PATH,
            provider=provider,
            pairs=pairs,
            **service,
        )

    def _check_address(self, name: str, value: str) -> None:
        """https, and no port: BundID's bPK2 depends on the host of the entity id."""
        try:
            parts = urlsplit(value)
            port, host = parts.port, parts.hostname
        except ValueError:
            port, host, parts = None, None, urlsplit("")
        if parts.scheme != "https" or not host:
            self.reasons.append(f"{name} must be an https:// address")
        elif port is not None or parts.username or parts.query or parts.fragment:
            self.reasons.append(f"{name} must have no port, user name, query or fragment")

    def _provider(self) -> IdentityProvider | None:
        xml = self._file("provider_metadata", self.entry.get("provider_metadata"))
        if xml is None:
            return None
        try:
            return read_provider(xml=xml, now=self.now, development=not self.production)
        except UnsafeMetadata as unsafe:
            self.reasons += [f"provider_metadata {reason}" for reason in unsafe.reasons]
            return None

    def _pairs(self) -> tuple[KeyPair, ...]:
        listed = self.entry.get("keys")
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_KEY_PAIRS:
            self.reasons.append("keys must list one key pair, or two during a change of keys")
            return ()
        pairs = [self._pair(f"keys[{number}]", one) for number, one in enumerate(listed)]
        return tuple(pair for pair in pairs if pair is not None)

    def _pair(self, where: str, listed: Any) -> KeyPair | None:
        if not isinstance(listed, Mapping) or set(listed) != {"key_file", "certificate_file"}:
            self.reasons.append(f"{where} must have key_file and certificate_file")
            return None
        key_pem = self._file(f"{where}.key_file", listed["key_file"])
        certificate_pem = self._file(f"{where}.certificate_file", listed["certificate_file"])
        if key_pem is None or certificate_pem is None:
            return None
        try:
            key = load_pem_private_key(key_pem, password=None)
            certificate = x509.load_pem_x509_certificate(certificate_pem)
        except (ValueError, TypeError):
            self.reasons.append(f"{where} cannot be read: needs PEM files, the key without a passphrase")
            return None
        if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_RSA_BITS:
            self.reasons.append(f"{where} must be RSA with at least {LEAST_RSA_BITS} bits")
            return None
        if certificate.public_key() != key.public_key():
            self.reasons.append(f"{where}: key and certificate do not belong together")
        if certificate.not_valid_after_utc <= self.now:
            self.reasons.append(f"{where}: the certificate has expired")
        return KeyPair(key=key, certificate=certificate)

    def _file(self, name: str, path: Any) -> bytes | None:
        if not isinstance(path, str) or not path:
            self.reasons.append(f"{name} is missing")
            return None
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            self.reasons.append(f"{name} cannot be read: {error.strerror}")
            return None
        if len(content) > MOST_FILE_BYTES:
            self.reasons.append(f"{name} is too large")
            return None
        return content

    def _methods(self) -> tuple[str, ...]:
        methods = self.entry.get("methods", [])
        if not isinstance(methods, list) or not all(one in METHODS for one in methods):
            self.reasons.append(f"methods must be a list of {', '.join(METHODS)}")
            return ()
        return tuple(methods)

    def _attributes(self) -> Mapping[str, bool]:
        asked = self.entry.get("attributes", dict(DEFAULT_ATTRIBUTES))
        if not isinstance(asked, Mapping) or not all(isinstance(one, bool) for one in asked.values()):
            self.reasons.append("attributes must say true (required) or false for each name")
            return {}
        self.reasons += [
            f"attributes.{name} is not known" for name in sorted(asked.keys() - ATTRIBUTES.keys())
        ]
        if "bpk2" not in asked:
            self.reasons.append("attributes needs bpk2: without it nobody is recognised again")
        return {ATTRIBUTES[name]: required for name, required in asked.items() if name in ATTRIBUTES}

    def _label(self) -> Mapping[str, str]:
        label = self.entry.get("label", {"de": "BundID", "en": "BundID"})
        if isinstance(label, Mapping) and all(isinstance(label.get(one), str) for one in ("de", "en")):
            return dict(label)
        self.reasons.append('label needs a text for "de" and one for "en": people choose by it')
        return {}

    def _one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.entry.get(name, allowed[0])
        if value in allowed:
            return str(value)
        self.reasons.append(f"{name} must be one of {', '.join(allowed)}")
        return allowed[0]

    def _text(self, name: str, default: str = "") -> str:
        value = self.entry.get(name, default)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.reasons.append(f"{name} is missing")
        return ""
