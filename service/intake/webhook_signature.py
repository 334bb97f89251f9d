"""HMAC-SHA256 signatures of webhooks, over the raw bytes, compared in constant time."""

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 300.0
_MOST_SIGNATURES = 10


@dataclass(frozen=True, slots=True)
class Signed:
    """How a sender signs. `header` holds hex digits, several separated by commas while a secret is being changed.

    `version` stands before each of them. A time is signed too when `timestamp_header` is sent (over `time:body`), or
    always with `timestamp_field` (in `header` itself, over `time.body`); it must not be older than five minutes.
    """

    header: str
    version: str = ""
    timestamp_header: str | None = None
    timestamp_field: str | None = None

    def holds(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes]) -> bool:
        """Whether one of `secrets` signed this body. The headers have lower-case names."""
        parts = [part.strip() for part in headers.get(self.header, "").split(",")][: _MOST_SIGNATURES + 1]
        signed = self._signed(headers, parts, body)
        if signed is None:
            return False
        given = [part[len(self.version) :].lower() for part in parts if part.startswith(self.version)]
        right = [hmac.new(secret, signed, "sha256").hexdigest() for secret in secrets]
        # Every pair is compared, so that the time taken tells nothing.
        return sum(_same(each, expected) for each in given for expected in right) > 0

    def _signed(self, headers: Mapping[str, str], parts: Sequence[str], body: bytes) -> bytes | None:
        """The bytes that were signed, or None when the time is missing or too far from now."""
        if self.timestamp_field is not None:
            field = self.timestamp_field
            at, between = next((part[len(field) :] for part in parts if part.startswith(field)), ""), b"."
        elif self.timestamp_header is not None and self.timestamp_header in headers:
            at, between = headers[self.timestamp_header], b":"
        else:
            return body
        if not (at.isascii() and at.isdecimal() and len(at) < 12):
            return None
        return at.encode() + between + body if abs(time.time() - int(at)) <= WINDOW_SECONDS else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
