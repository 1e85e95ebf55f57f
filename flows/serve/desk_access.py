"""Who is at the desk: names, roles, tokens against forged forms, and limits on how often."""

import getpass
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from flows.serve.network import is_loopback
from pipeline.settings import Settings

_PER_MINUTE = 240  #: decisions of one person; a fast one makes twenty
_REPORTS_PER_MINUTE = 10  #: of one address


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks for a page of the desk."""

    name: str  #: empty for a reader without one
    may_correct: bool
    may_publish: bool


class DeskAccess:
    """Tells who somebody is and what they may do."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings, and load the secret of the tokens; it outlives this process."""
        self._settings = settings
        self._secret = _load_secret(settings.work_folder / "desk-secret")
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def person_of(self, request: Request) -> Person:
        """Return who sends a request."""
        settings, name = self._settings, self._name_of(request)
        may_correct = bool(name) and (not settings.correctors or name in settings.correctors)
        publishers = settings.publishers or ((name,) if may_correct else ())
        is_publisher = bool(name) and name in publishers
        return Person(name, may_correct or is_publisher, is_publisher)

    def _name_of(self, request: Request) -> str:
        """Return the name from the proxy's header, from the password, or of this machine's user."""
        if self._settings.user_header:
            return request.headers.get(self._settings.user_header, "").strip()[:200]
        if self._settings.auth is not None:
            return str(request.user.display_name)
        return getpass.getuser() if is_loopback(self._settings.host) else ""

    def token_for(self, person: Person) -> str:
        """Return what a form of this person must send back."""
        return hmac.new(self._secret, person.name.encode(), sha256).hexdigest()

    def is_token(self, token: str, person: Person) -> bool:
        """Return whether a form was one that this person was shown."""
        return hmac.compare_digest(token.encode(), self.token_for(person).encode())

    def may_send(self, request: Request, person: Person) -> bool:
        """Return whether somebody may send a form now, or sent too many in a minute."""
        address = request.client.host if request.client else ""
        who, limit = (person.name, _PER_MINUTE) if person.may_correct else (
            address, _REPORTS_PER_MINUTE,
        )  # fmt: skip
        return bool(self._limiter.hit(RateLimitItemPerMinute(limit), who))


def _load_secret(file: Path) -> bytes:
    """Return the secret of the tokens; make it at first use, readable by its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        pass
    else:
        file.write_bytes(secrets.token_bytes(32))
    return file.read_bytes() or secrets.token_bytes(32)
