"""As whom PostgreSQL runs when we are root, which it refuses: found out by trying, before the start."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from backend.embedded.processes import RunAs, ServiceFailed

NOBODY = 65_534
_PROBE = 'cd "$1" && test -w . && exec "$2" --version'
_NAMESPACE = ("--user", "--map-user=1000", "--map-group=1000")


def choose_run_as(*, folder: Path, binary: Path) -> RunAs:
    """Who may run `binary` on `folder`; `folder` and all in it then belong to that user.

    A normal user stays who they are. Root becomes the folder's earlier owner or else `nobody`, if that one
    reaches both; else root enters a user namespace, where its files stay its own but it is not uid 0.
    Raises `ServiceFailed` with what to do when nothing works.
    """
    if os.geteuid() != 0:
        return _as_ourselves(folder=folder, binary=binary)
    found = folder.stat()
    earlier = found.st_uid != 0
    dropped = RunAs(uid=found.st_uid if earlier else NOBODY, gid=found.st_gid if earlier else NOBODY)
    give_to(folder, uid=dropped.uid or NOBODY, gid=dropped.gid or NOBODY)
    if _works(dropped, folder=folder, binary=binary):
        return dropped
    give_to(folder, uid=0, gid=0)
    unshare = shutil.which("unshare")
    namespace = RunAs(prefix=(unshare, *_NAMESPACE, "--")) if unshare else None
    if namespace and _works(namespace, folder=folder, binary=binary):
        return namespace
    raise ServiceFailed(
        f"PostgreSQL does not run as root, and neither the user with uid {dropped.uid} can reach both\n"
        f"    {folder}\n    {binary}\nnor may we make a user namespace here (unshare --user). Do one of:\n"
        "  - run the command as a normal user;\n"
        "  - move the project to a place every user may enter (not below /root, for example to /opt);\n"
        "  - set DATABASE_URL and REDIS_URL to servers of your own."
    )


def _as_ourselves(*, folder: Path, binary: Path) -> RunAs:
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise ServiceFailed(
            f"{folder} belongs to the user with uid {owner}; you are uid {os.geteuid()}. It was made "
            "by root or another user: run the command as that one again, or remove the folder as that one."
        )
    if not os.access(binary, os.X_OK):
        raise ServiceFailed(f"{binary} may not be executed. Install the project again: make setup")
    return RunAs()


def _works(run_as: RunAs, *, folder: Path, binary: Path) -> bool:
    try:
        probe = subprocess.run(
            [*run_as.prefix, "/bin/sh", "-c", _PROBE, "probe", str(folder), str(binary)],
            user=run_as.uid,
            group=run_as.gid,
            extra_groups=None if run_as.uid is None else [],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:  # setuid itself was refused: a container without the capability
        return False
    return probe.returncode == 0


def give_to(folder: Path, *, uid: int, gid: int) -> None:
    """Let `folder` and all in it belong to `uid`; the folder itself last, so that a crash repeats it."""
    if folder.stat().st_uid == uid:
        return
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            os.chown(Path(place, name), uid, gid, follow_symlinks=False)
    os.chown(folder, uid, gid)
