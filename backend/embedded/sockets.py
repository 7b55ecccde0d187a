"""Where a Unix socket may live: its path must be short, and its folder private."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

# sockaddr_un holds 107 characters (unix(7)); clients and lock files beside it want a little more room.
LONGEST_PATH = 99
LONGEST_NAME = len("/.s.PGSQL.65535.lock")


def socket_folder(*, wanted: Path, uid: int, gid: int) -> Path:
    """Make `wanted` (0700, owned by `uid`) or, when its path is too long, a short private folder instead.

    The short one has the same name at every start, so that addresses stay the same, unless somebody else
    sits on that name: then it is a fresh one.
    """
    if len(os.fsencode(wanted)) + LONGEST_NAME <= LONGEST_PATH:
        wanted.mkdir(parents=True, exist_ok=True)
        return _private(wanted, uid=uid, gid=gid)
    place = Path(tempfile.gettempdir())
    if len(os.fsencode(place)) + LONGEST_NAME > LONGEST_PATH // 2:
        place = Path("/tmp")  # noqa: S108 - the folder made below is checked to be ours
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    folder = place / f"laufzettel-{uid}-{digest}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid in (uid, os.geteuid()):
        return _private(folder, uid=uid, gid=gid)
    return _private(Path(tempfile.mkdtemp(prefix="laufzettel-", dir=place)), uid=uid, gid=gid)


def _private(folder: Path, *, uid: int, gid: int) -> Path:
    if folder.stat().st_uid != uid:
        os.chown(folder, uid, gid)
    folder.chmod(0o700)
    return folder


def remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
