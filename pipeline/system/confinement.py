"""Takes from a process what it needs not: a program that decodes untrusted files may be taken over.

Each restriction holds where the kernel has it, also for a process without privileges; where it has
not, the process works without it. Reading of files is not restricted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.system.kernel import drop_capabilities, forbid_new_privileges
from pipeline.system.landlock import restrict_writing
from pipeline.system.seccomp import refuse_network


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of a process."""

    name: str  #: what the process may not do
    error: str = ""  #: why the kernel does not restrict it; empty if it does


def confine(writable: Sequence[Path]) -> list[Restriction]:
    """Restrict this process and all that it starts; return the restrictions.

    It cannot be undone. Threads that run already are not restricted.

    Args:
        writable: the folders below which it may write.
    """
    return [
        _try_restriction("new privileges", forbid_new_privileges),
        _try_restriction("rights of root", drop_capabilities),
        _try_restriction("network", refuse_network),
        _try_restriction("writing outside its own folders", partial(restrict_writing, writable)),
    ]


def _try_restriction(name: str, restrict: Callable[[], None]) -> Restriction:
    try:
        restrict()
    except (OSError, AttributeError) as error:  # an attribute: the C library lacks the function
        return Restriction(name, str(error))
    return Restriction(name)
