"""HMAC-SHA256 signatures of webhooks, over the raw bytes, compared in constant time."""

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 300.0
_MOST_SIGNATURES = 10
_HEX = frozenset("0123456789abcdef")
_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Signed:
    """How a sender signs. `header` holds hex digits, several separated by commas while a secret is being changed.

    `version` stands before each of them. A time is signed too when `timestamp_header` is sent (over `time:body`), or
    always with `timestamp_field` (in `header` itself, over `time.body`); it must not be older than five minutes.
    With a `prefix`, which is signed before the time, there must be a time. `unique`: the sender never says two things
    in the same bytes, because each body names its event.
    """

    header: str
    version: str = ""
    timestamp_header: str | None = None
    timestamp_field: str | None = None
    unique: bool = False
    prefix: str = ""

    def holds(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes]) -> bool:
        """Whether one of `secrets` signed this body. The headers have lower-case names."""
        before = self._before(headers)
        if before is None:
            return False
        right = [_hmac(secret, before, body) for secret in secrets]
        # Every pair is compared, so that the time taken tells nothing.
        return sum(_same(each, expected) for each in self._given(headers) for expected in right) > 0

    def may_hold(self, headers: Mapping[str, str]) -> bool:
        """Whether the headers have the form of a signature that is not too old. The body decides."""
        formed = any(len(each) == _DIGITS and set(each) <= _HEX for each in self._given(headers))
        return formed and self._before(headers) is not None

    def signed_once(self, headers: Mapping[str, str], body: bytes, window: int) -> str:
        """A name of what was signed: who sends the same bytes again, under whatever id, sends the same delivery.

        Where a sender may send equal bodies and signs no time, it holds for `window` only (a number that changes with
        the time).
        """
        before = self._before(headers) or b""
        bounded = "" if before or self.unique else f"/{window}"
        digest = hashlib.sha256(before)
        digest.update(body)
        return digest.hexdigest() + bounded

    def _parts(self, headers: Mapping[str, str]) -> list[str]:
        return [part.strip() for part in headers.get(self.header, "").split(",")][: _MOST_SIGNATURES + 1]

    def _given(self, headers: Mapping[str, str]) -> list[str]:
        parts = self._parts(headers)
        return [part[len(self.version) :].lower() for part in parts if part.startswith(self.version)]

    def _before(self, headers: Mapping[str, str]) -> bytes | None:
        """What was signed before the body, or None when the time is missing or too far from now."""
        if self.timestamp_field is not None:
            field = self.timestamp_field
            parts = self._parts(headers)
            at, between = next((part[len(field) :] for part in parts if part.startswith(field)), ""), b"."
        elif self.timestamp_header is not None and self.timestamp_header in headers:
            at, between = headers[self.timestamp_header], b":"
        else:
            return None if self.prefix else b""
        if not (at.isascii() and at.isdecimal() and len(at) < 12):
            return None
        return self.prefix.encode() + at.encode() + between if abs(time.time() - int(at)) <= WINDOW_SECONDS else None


def _hmac(secret: bytes, before: bytes, body: bytes) -> str:
    digest = hmac.new(secret, before, "sha256")
    digest.update(body)  # not joined to `before`: that would copy megabytes
    return digest.hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
