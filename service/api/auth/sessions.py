"""Sessions of a browser: a signed cookie stands for a token, which is typed once and stored nowhere, or for a signed-on person.

The key of the signatures follows from the configured tokens: every replica knows it, and a changed token ends all sessions.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.api.auth.roles import SCOPES_OF, Role
from service.api.auth.tokens import Caller, Trust

COOKIE = "redtide_session"
SECONDS = 12 * 3600
STATE_SECONDS = 600
_LONGEST = 2_000
_SALT = 16  # hex digits


@dataclass(frozen=True, slots=True)
class Session:
    """An open session. `id` is its own: whoever logs out ends this one."""

    id: str
    caller: Caller


class Sessions:
    """Opens sessions and recognises them."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    @cached_property
    def _key(self) -> bytes:
        """Slow to compute, so that who holds a cookie cannot try tokens against its signature."""
        known = b"".join(digest + ",".join(sorted(who.scopes)).encode() for digest, who in self._in_order())
        return hashlib.scrypt(known, salt=b"redtide session", n=2**14, r=8, p=1, dklen=32)

    def opened(self, token: str) -> str | None:
        """Return the cookie of a new session, or None when this is no valid token."""
        caller = self._trust.caller(f"Bearer {token.strip()}")
        number = next((place for place, (_, who) in enumerate(self._in_order()) if who is caller), None)
        return None if number is None else self._signer("session").dumps([_new_id(), number])

    def opened_for(self, name: str, role: Role) -> str:
        """Return the cookie of a new session of a person who signed on elsewhere."""
        assert self._trust.tokens, "without a token nothing could be signed"
        return self._signer("session").dumps([_new_id(), name, role])

    def session(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None when its time is over or it never was one."""
        match self._loaded("session", cookie, SECONDS):
            case [str(session), int(number)]:
                return Session(session, self._in_order()[number][1])
            case [str(session), str(name), "read" | "act" as role]:
                return Session(session, Caller(name, SCOPES_OF[role]))
        return None

    def sealed(self, state: list[str]) -> str:
        """Return a cookie that holds the state of a login until the person comes back."""
        return self._signer("login").dumps(state)

    def unsealed(self, cookie: str | None) -> list[str] | None:
        """Return the state of a login; None when it is too old or not ours."""
        state: list[str] | None = self._loaded("login", cookie, STATE_SECONDS)
        return state

    def form_token(self, cookie: str) -> str:
        """Return what a form of this session carries: another site cannot know it (CSRF).

        It is another one each time: pages are compressed, and the length of one that also holds what somebody else
        asked for would give away a constant secret letter by letter (the attack BREACH).
        """
        return self._form_token(cookie, secrets.token_hex(_SALT // 2))

    def _form_token(self, cookie: str, salt: str) -> str:
        return salt + hmac.new(self._key, f"form {salt} {cookie}".encode(), hashlib.sha256).hexdigest()

    def is_own_form(self, cookie: str, form_token: str) -> bool:
        """Whether the form came from a page of this session."""
        return hmac.compare_digest(self._form_token(cookie, form_token[:_SALT]).encode(), form_token.encode())

    def _loaded(self, purpose: str, cookie: str | None, seconds: int) -> Any:  # noqa: ANN401 (JSON that we signed)
        if not cookie or len(cookie) > _LONGEST or not self._trust.tokens:
            return None
        try:
            return self._signer(purpose).loads(cookie, max_age=seconds)
        except BadSignature:  # also when it is too old
            return None

    def _signer(self, purpose: str) -> URLSafeTimedSerializer:
        """One for each purpose: the state of a login is no session."""
        return URLSafeTimedSerializer(self._key, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})

    def _in_order(self) -> list[tuple[bytes, Caller]]:
        return sorted(self._trust.tokens.items())


def _new_id() -> str:
    return secrets.token_urlsafe(16)
