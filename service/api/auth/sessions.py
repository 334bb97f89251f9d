"""Sessions of a browser: a signed cookie stands for a token, which is typed once and then kept nowhere.

The key of the signatures follows from the configured tokens: every replica knows it, and a changed token ends all sessions.
"""

import hashlib
import hmac
from functools import cached_property

from itsdangerous import BadSignature, URLSafeTimedSerializer

from service.api.auth.tokens import Caller, Trust

COOKIE = "redtide_session"
SECONDS = 12 * 3600
_LONGEST = 400


class Sessions:
    """Opens sessions and recognises them."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    @cached_property
    def _key(self) -> bytes:
        """Slow to compute, so that who holds a cookie cannot try tokens against its signature."""
        known = b"".join(digest + ",".join(sorted(who.scopes)).encode() for digest, who in self._in_order())
        return hashlib.scrypt(known, salt=b"redtide session", n=2**14, r=8, p=1, dklen=32)

    @cached_property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._key, salt="session", signer_kwargs={"digest_method": hashlib.sha256})

    def opened(self, token: str) -> str | None:
        """Return the cookie of a new session, or None when this is no valid token."""
        caller = self._trust.caller(f"Bearer {token.strip()}")
        number = next((place for place, (_, who) in enumerate(self._in_order()) if who is caller), None)
        return None if number is None else self._serializer.dumps(number)

    def caller(self, cookie: str | None) -> Caller | None:
        """Return whose session this is; None when it has ended or never was one."""
        if not cookie or len(cookie) > _LONGEST or not self._trust.tokens:
            return None
        try:
            number: int = self._serializer.loads(cookie, max_age=SECONDS)
        except BadSignature:  # also when it is too old
            return None
        return self._in_order()[number][1]

    def form_token(self, cookie: str) -> str:
        """Return what a form of this session carries: another site cannot know it (CSRF)."""
        return hmac.new(self._key, b"form " + cookie.encode(), hashlib.sha256).hexdigest()

    def is_own_form(self, cookie: str, form_token: str) -> bool:
        """Whether the form came from a page of this session."""
        return hmac.compare_digest(self.form_token(cookie).encode(), form_token.encode())

    def _in_order(self) -> list[tuple[bytes, Caller]]:
        return sorted(self._trust.tokens.items())
