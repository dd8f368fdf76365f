"""Shut a process in: namespaces of its own, an empty root, a user that owns nothing.

The order matters. The file system is built while the process may still do so; then it gives up its
user, its capabilities and every way to gain new ones. Sources: the manual pages namespaces(7),
user_namespaces(7), pivot_root(2), capabilities(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x20000, 0x4000000, 0x8000000
NEW_USER, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
SEPARATE = NEW_MOUNTS | NEW_UTS | NEW_IPC | NEW_PIDS | NEW_NETWORK

READ_ONLY, NO_SETUID, NO_DEVICES, REMOUNT = 1, 2, 4, 32
BIND, RECURSIVE, PRIVATE = 4096, 16384, 1 << 18
DETACH = 2

SET_NO_NEW_PRIVILEGES, DROP_FROM_BOUNDING_SET, SET_DUMPABLE = 38, 24, 4
LAST_CAPABILITY = 40
CAPABILITY_VERSION = 0x20080522

FIRST_UID = 64000
"""Slot n works as this user id plus n: a limit on processes counts per user, and binds no root."""
DEVICES = ("null", "zero", "full", "random", "urandom")
HOME = "/student"

_libc = ctypes.CDLL(None, use_errno=True)


def visible_folders() -> tuple[list[str], list[str]]:
    """Return the folders a job may read, and those inside them that it may not.

    Python and its libraries, the system's, this package without the exercises and their checks.
    """
    package = Path(__file__).parents[2]
    wanted = [
        Path(place) for place in ("/usr", "/lib", "/lib64", "/bin", sys.prefix, sys.base_prefix)
    ]
    paths = [Path(place).resolve() for place in sys.path]
    wanted += [path for path in paths if path.name == "site-packages"]
    wanted += [package, Path("/etc/fonts")]
    real = [path for path in dict.fromkeys(wanted) if path.is_dir()]
    outer = [path for path in real if not any(other in path.parents for other in real)]
    inside = [folder for name in ("exercises", "notebooks") if (folder := package / name).is_dir()]
    return [str(path) for path in outer], [str(path) for path in inside]


def separate() -> None:
    """Leave the namespaces of the machine; the next fork starts a process tree of its own.

    Raises OSError where the system refuses, as some containers do.
    """
    if os.geteuid() != 0:
        _own_user_namespace()
    _call("unshare", SEPARATE)


def empty_root(visible: Sequence[str], hidden: Sequence[str], size: int) -> None:
    """Make a file system in memory the root, of `size` bytes, with nothing in it but `visible`.

    `visible` are folders, bound read-only at their own places; an empty one covers each of `hidden`
    inside them. The working folder becomes `HOME`, which anybody may write to.
    """
    _mount("none", "/", None, RECURSIVE | PRIVATE)
    # Opened first: the place of the new root, seen by this process alone, may cover some of them.
    opened = {folder: os.open(folder, os.O_PATH | os.O_CLOEXEC) for folder in visible}
    root = "/tmp"
    _mount("tmpfs", root, "tmpfs", NO_SETUID | NO_DEVICES, f"size={size},mode=755")
    for folder, descriptor in opened.items():
        _bind(f"/proc/self/fd/{descriptor}", root + folder)
        os.close(descriptor)
    for folder in hidden:
        _mount("tmpfs", root + folder, "tmpfs", READ_ONLY, "size=0,mode=555")
    Path(root, "dev").mkdir()
    for name in DEVICES:
        Path(root, "dev", name).touch()
        _mount(f"/dev/{name}", f"{root}/dev/{name}", None, BIND)
    # Terminals of its own: IPython runs shell commands in one.
    Path(root, "dev", "pts").mkdir()
    _mount("devpts", f"{root}/dev/pts", "devpts", NO_SETUID, "newinstance,ptmxmode=666,mode=620")
    Path(root, "dev", "ptmx").symlink_to("pts/ptmx")
    for place in (HOME, "/tmp", "/dev/shm", "/proc", "/old"):
        Path(root + place).mkdir(parents=True, exist_ok=True)
    Path(root + HOME).chmod(0o777)
    for place in ("/tmp", "/dev/shm"):
        Path(root + place).chmod(0o1777)
    _call("pivot_root", root.encode(), f"{root}/old".encode())
    os.chdir("/")
    _call("umount2", b"/old", DETACH)
    Path("/old").rmdir()
    os.chdir(HOME)


def mount_processes() -> bool:
    """Show the processes of the new tree in /proc; tell whether the system allowed it."""
    try:
        _mount("proc", "/proc", "proc", NO_SETUID | NO_DEVICES)
    except OSError:
        return False
    return True


def give_up_privileges(slot: int) -> None:
    """Become a user without groups, without capabilities, without a way to regain any."""
    if os.geteuid() == 0 and _is_machine_root():
        os.setgroups([])
        user = FIRST_UID + slot
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    # Capabilities in a user namespace of its own count for nothing outside it, and are dropped next.
    # It is a second fence: where the system refuses it, the first one stands.
    with contextlib.suppress(OSError):
        _own_user_namespace()
        # In one more, the student's code could mount a file system without a limit.
        Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    _call("prctl", SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    _call("capset", header, bytes(24))
    # No other process of this user may look into it, or attach to it.
    _call("prctl", SET_DUMPABLE, 0, 0, 0, 0)


def _own_user_namespace() -> None:
    """Become all-powerful in a namespace that consists of this user alone."""
    uid, gid = os.geteuid(), os.getegid()
    # A process that has changed its user is not allowed to write its own maps otherwise.
    _call("prctl", SET_DUMPABLE, 1, 0, 0, 0)
    _call("unshare", NEW_USER)
    for name, text in [
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ]:
        Path("/proc/self", name).write_text(text, encoding="ascii")


def _is_machine_root() -> bool:
    """Tell whether user 0 here is user 0 of the machine, not one that a namespace calls so."""
    mapped = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return mapped[:2] == ["0", "0"] and int(mapped[2]) > 1


def _bind(source: str, target: str) -> None:
    """Show a folder at another place, read-only."""
    Path(target).mkdir(parents=True, exist_ok=True)
    _mount(source, target, None, BIND)
    _mount(source, target, None, BIND | REMOUNT | READ_ONLY | NO_SETUID | NO_DEVICES)


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    _call(
        "mount",
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        flags,
        options.encode() or None,
    )


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library that answers 0, or raise OSError."""
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


__all__ = [
    "HOME",
    "empty_root",
    "give_up_privileges",
    "mount_processes",
    "separate",
    "visible_folders",
]
