"""Calls of the Linux kernel that Python's library does not have, by their numbers."""

import ctypes
import os
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)

#: the same on every processor
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446

_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 24, 38, 47, 4
_CAPABILITY_VERSION = 0x20080522
_CAP_DAC_READ_SEARCH = 2
_MAX_CAPABILITIES = 64


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def system_call(number: int, *arguments: Any) -> int:
    """Return the result of a system call.

    Raises:
        OSError: it failed.
    """
    values = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    result: int = _libc.syscall(ctypes.c_long(number), *values)
    return _checked(result)


def forbid_new_privileges() -> None:
    """Let no program that this process starts have more rights than it has itself.

    Raises:
        OSError: the kernel does not know it.
    """
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def drop_capabilities() -> None:
    """Give up the capabilities of root but for reading files: a scan may belong to another user.

    Raises:
        OSError: the kernel refuses it.
    """
    kept = 1 << _CAP_DAC_READ_SEARCH
    held = _capabilities()[1]
    if held & ~kept:
        for number in range(_MAX_CAPABILITIES):
            if number != _CAP_DAC_READ_SEARCH:  # fails from the kernel's last one on
                _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    kept &= held
    words = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    header = _CapabilityHeader(_CAPABILITY_VERSION, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref(words)))


def _capabilities() -> tuple[int, int]:
    """Return the effective and the permitted capabilities of this process, as bits."""
    words = (ctypes.c_uint32 * 6)()  # twice: effective, permitted, inheritable
    header = _CapabilityHeader(_CAPABILITY_VERSION, 0)
    _checked(_libc.capget(ctypes.byref(header), ctypes.byref(words)))
    return words[0] | words[3] << 32, words[1] | words[4] << 32


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
