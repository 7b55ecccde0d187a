"""What can go wrong with files, as words that the API turns into answers."""

from __future__ import annotations


class MissingFile(Exception):
    """The database knows the document but the storage does not have it: restore it from the backup."""


class StoreAway(OSError):
    """The storage cannot be reached or refuses to work. It passes: work is tried again later."""


class UnknownUpload(Exception):
    """There is no such file, it has expired, or it is not theirs: all look the same."""


class OffsetConflict(Exception):
    """The bytes do not continue what is stored; `offset` says where to go on."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(str(offset))


class UploadTooLarge(Exception):
    """More bytes than may be sent; `limit` says how many may."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(str(limit))


class TooManyUploads(Exception):
    """The draft has as many files, or bytes, as it may have."""


class NotAvailable(Exception):
    """The file exists but cannot be downloaded; `status` says why."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(status)
