"""Keeps files in a bucket of an S3-compatible store. Loaded only by installations that have one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from backend.files.errors import StoreAway

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 20, 2
# Larger than any file of ours: one request each, so that a file is there whole or not at all.
ONE_REQUEST = 100_000_000


class BucketStorage(S3Storage):
    """django-storages' S3 with short patience, and one exception for everything that may pass."""

    def __init__(self, **options: Any) -> None:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS},
            # Trailing checksums are Amazon's own: other stores refuse them or keep them as content.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        transfer = TransferConfig(multipart_threshold=ONE_REQUEST, use_threads=False)
        super().__init__(client_config=config, transfer_config=transfer, file_overwrite=True, **options)

    def _save(self, name: str, content: File[Any]) -> str:
        with _speaking():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with _speaking(), super()._open(name, mode) as remote:
            return ContentFile(remote.read(), name=name)

    def delete(self, name: str) -> None:
        with _speaking():
            super().delete(name)

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The names below `prefix` and when each was written."""
        with _speaking():
            pages = self.connection.meta.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=self._normalize_name(prefix) + "/"
            )
            for page in pages:
                for entry in page.get("Contents", []):
                    yield entry["Key"].removeprefix(self.location).lstrip("/"), entry["LastModified"]


@contextmanager
def _speaking() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        # Only the kind: an answer of the store may quote addresses and key ids.
        raise StoreAway(f"the file store: {type(error).__name__}") from error
