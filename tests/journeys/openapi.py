"""A stranger's view of the API: does every answer keep what the published OpenAPI document promises?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import jsonschema_rs

DIALECT = "https://json-schema.org/draft/2020-12/schema"  # OpenAPI 3.1, section 4.8.24
PARAMETER = re.compile(r"\{[^}]+\}")


class BrokenPromise(AssertionError):
    """An answer that the OpenAPI document does not describe."""


@dataclass(slots=True)
class Operation:
    """One method of one path, as documented."""

    method: str
    template: str
    responses: dict[str, Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        parts = [re.escape(part) for part in PARAMETER.split(self.template)]
        return re.compile("[^/]+".join(parts))


@dataclass
class Contract:
    """The document, and which of its operations and statuses have been seen."""

    document: dict[str, Any]
    seen: set[tuple[str, str, int]] = field(default_factory=set)

    @classmethod
    def fetched_from(cls, web_url: str) -> Contract:
        answer = httpx.get(
            f"{web_url}/api/schema",
            headers={"Accept": "application/vnd.oai.openapi+json"},
            timeout=20,
            trust_env=False,
        )
        return cls(answer.raise_for_status().json())

    @cached_property
    def operations(self) -> list[Operation]:
        return [
            Operation(method.upper(), template, operation["responses"])
            for template, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict) and "responses" in operation
        ]

    def check(self, response: httpx.Response) -> None:
        """An httpx response hook. Raises `BrokenPromise`."""
        response.read()
        request = response.request
        if not request.url.path.startswith("/api/v1/"):
            return
        operation = self._operation(request.method, request.url.path)
        what = f"{request.method} {operation.template} → {response.status_code}"
        promised = operation.responses.get(str(response.status_code))
        if promised is None:
            raise BrokenPromise(f"{what}: documented are only {', '.join(operation.responses)}")
        self.seen.add((operation.method, operation.template, response.status_code))
        self._check_body(what, promised.get("content", {}), response)

    def _operation(self, method: str, path: str) -> Operation:
        for operation in self.operations:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        raise BrokenPromise(f"{method} {path} is not documented")

    def _check_body(self, what: str, promised: dict[str, Any], response: httpx.Response) -> None:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if not promised:
            if response.content:
                raise BrokenPromise(f"{what}: no body is documented, but one came ({kind})")
            return
        if kind not in promised:
            raise BrokenPromise(f"{what}: {kind!r} came, documented is {', '.join(promised)}")
        if kind == "application/json" or kind.endswith("+json"):
            self._check_json(what, promised[kind]["schema"], json.loads(response.content))

    def _check_json(self, what: str, schema: dict[str, Any], body: Any) -> None:
        whole = {"$schema": DIALECT, **schema, "components": self.document["components"]}
        validator = jsonschema_rs.validator_for(whole, validate_formats=True)
        found = [
            f"/{'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in validator.iter_errors(body)
        ]
        if found:
            raise BrokenPromise(f"{what}: " + "; ".join(found))
