"""Seccomp: a process gives up system calls: those that reach the network or other processes."""

import ctypes
import errno
import platform
from dataclasses import dataclass

from pipeline.system.kernel import system_call

_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4  #: in what the kernel gives a filter
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_SET_FILTER, _KEEP_SPEED = 1, 1 << 2  #: older kernels would slow the process down
_X32_CALLS = 0x40000000  #: calls of x86-64 from here on are of another kind


@dataclass(frozen=True, slots=True)
class _Processor:
    architecture: int  #: as the kernel names it to a filter
    seccomp: int  #: number of the call
    #: numbers of socket, ptrace, process_vm_readv, process_vm_writev, bpf, add_key, request_key,
    #: keyctl, mount, unshare, setns, perf_event_open, open_by_handle_at
    refused: tuple[int, ...]


#: io_uring_setup, which opens sockets, too, and pidfd_getfd; the same on every processor
_REFUSED_EVERYWHERE = (425, 438)
_PROCESSORS = {
    "x86_64": _Processor(
        0xC000003E, 317, (41, 101, 310, 311, 321, 248, 249, 250, 165, 272, 308, 298, 304)
    ),
    "aarch64": _Processor(
        0xC00000B7, 277, (198, 117, 270, 271, 280, 217, 218, 219, 40, 97, 268, 241, 265)
    ),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


def refuse_network() -> None:
    """Let this thread, and all that it starts, open no socket and look into no other process.

    A refused call fails with EPERM. `forbid_new_privileges` must have been called.

    Raises:
        OSError: the kernel has no seccomp, or its calls are not known for this processor.
    """
    processor = _PROCESSORS.get(platform.machine())
    if processor is None:
        raise OSError(errno.ENOSYS, f"not known for the processor {platform.machine()}")
    instructions = _filter(processor)
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    try:
        system_call(processor.seccomp, _SET_FILTER, _KEEP_SPEED, ctypes.byref(program))
    except OSError as error:
        if error.errno != errno.EINVAL:  # before Linux 4.17 there is no such flag
            raise
        system_call(processor.seccomp, _SET_FILTER, 0, ctypes.byref(program))


def _filter(processor: _Processor) -> list[_Instruction]:
    """Return the program of the filter; jumps count the instructions that they skip."""
    refused = (*processor.refused, *_REFUSED_EVERYWHERE)
    count = len(refused)
    return [
        _Instruction(_LOAD_WORD, 0, 0, _ARCHITECTURE_OFFSET),
        _Instruction(_JUMP_IF_EQUAL, 0, count + 3, processor.architecture),
        _Instruction(_LOAD_WORD, 0, 0, _NUMBER_OFFSET),
        _Instruction(_JUMP_IF_AT_LEAST, count + 1, 0, _X32_CALLS),
        *(
            _Instruction(_JUMP_IF_EQUAL, count - index, 0, number)
            for index, number in enumerate(refused)
        ),
        _Instruction(_RETURN, 0, 0, _ALLOW),
        _Instruction(_RETURN, 0, 0, _REFUSE),
    ]
