"""Landlock: a process gives up its right to write, but below some folders (landlock(7)).

It may not look into other processes either, and so not read what their environment holds.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.system.kernel import (
    LANDLOCK_ADD_RULE,
    LANDLOCK_CREATE_RULESET,
    LANDLOCK_RESTRICT_SELF,
    system_call,
)

_VERSION_FLAG, _PATH_BENEATH = 1, 1
_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
#: removing folders and files, creating devices, folders, files, sockets, pipes and links
_CHANGE_FOLDER = sum(1 << bit for bit in range(4, 13))
_TCP = 1 << 0 | 1 << 1  #: to bind and to connect
_OUTSIDE = 1 << 0 | 1 << 1  #: abstract sockets of other processes, and signals to them
_SINKS = (Path("/dev/null"),)  #: files that programs write to and nobody reads


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathAttributes(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def restrict_writing(folders: Iterable[Path]) -> None:
    """Let this thread, and all that it starts, write below some folders only.

    Raises:
        OSError: the kernel has no Landlock, or it is turned off.
    """
    version = system_call(LANDLOCK_CREATE_RULESET, None, 0, _VERSION_FLAG)
    file_rights = _WRITE_FILE | (_TRUNCATE if version >= 3 else 0)
    rights = file_rights | _CHANGE_FOLDER | (_REFER if version >= 2 else 0)
    attributes = _RulesetAttributes(
        rights, _TCP if version >= 4 else 0, _OUTSIDE if version >= 6 else 0
    )
    size = ctypes.sizeof(attributes)
    ruleset = system_call(LANDLOCK_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    try:
        for folder in folders:
            _allow(ruleset, folder, rights)
        for sink in _SINKS:
            _allow(ruleset, sink, file_rights)
        system_call(LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        attributes = _PathAttributes(rights, handle)
        system_call(LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(attributes), 0)
    finally:
        os.close(handle)
