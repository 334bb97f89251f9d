"""API tokens with scopes, and the secrets of alert sources. Both come from this process's environment only."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from incidents.errors import InputError
from incidents.frozen import Frozen

Scope = Literal["alerts:write", "incidents:read", "feedback:write", "reverts:write"]
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
ONE_TOKEN = "REDTIDE_API_TOKEN"
"""One token for everything."""
TOKENS = "REDTIDE_API_TOKENS"
"""JSON: name of the caller -> {"token": ..., "scopes": [...]}."""
SECRETS = "REDTIDE_SECRETS_"
"""With the name of a source in capitals behind it: its active secrets, separated by blanks."""
LEAST_CHARACTERS = 16


class _Token(Frozen):
    token: str
    scopes: frozenset[Scope]


_TOKENS: TypeAdapter[dict[str, _Token]] = TypeAdapter(dict[str, _Token])


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who showed a valid token. `name` goes into audit records."""

    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom this process believes. `tokens` are kept as SHA-256 digests; `secrets` by the name of the source."""

    tokens: Mapping[bytes, Caller] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Trust":
        """What the variables of `environment` say. Raises InputError, which repeats no secret."""
        named = dict(_named_tokens(environment.get(TOKENS, "")))
        if one := environment.get(ONE_TOKEN, "").strip():
            named[_digest(_long_enough(ONE_TOKEN, one))] = Caller("operator", SCOPES)
        secrets = {
            name.removeprefix(SECRETS).lower(): tuple(_long_enough(name, each).encode() for each in value.split())
            for name, value in environment.items()
            if name.startswith(SECRETS)
        }
        return cls(named, secrets)

    def caller(self, authorization: str | None) -> Caller | None:
        """Who shows this Authorization header: Bearer with a token, or Basic with it as the password."""
        shown = _shown(authorization or "")
        found = None
        if shown is not None:
            digest = _digest(shown)
            for known, caller in self.tokens.items():  # all of them, so that the time taken tells nothing
                if hmac.compare_digest(known, digest):
                    found = caller
        return found

    def knows(self, source: str, authorization: str | None) -> bool:
        """Whether it is one of the secrets of `source`, shown as a token."""
        shown = _shown(authorization or "")
        if shown is None:
            return False
        return sum(hmac.compare_digest(each, shown.encode("utf-8", "replace")) for each in self.active(source)) > 0

    def active(self, source: str) -> Sequence[bytes]:
        """The secrets of `source`; several while one is being changed, none when it is closed."""
        return self.secrets.get(source, ())


def _named_tokens(text: str) -> list[tuple[bytes, Caller]]:
    if not text.strip():
        return []
    try:
        read = _TOKENS.validate_python(json.loads(text))
    except (ValueError, ValidationError) as error:
        example = '{"deploys": {"token": "...", "scopes": ["alerts:write"]}}'
        raise InputError(f"{TOKENS}: must be JSON such as {example}, scopes of {', '.join(sorted(SCOPES))}") from error
    return [(_digest(_long_enough(TOKENS, each.token)), Caller(name[:100], each.scopes)) for name, each in read.items()]


def _long_enough(variable: str, secret: str) -> str:
    if len(secret) < LEAST_CHARACTERS:
        raise InputError(f"{variable}: a secret needs at least {LEAST_CHARACTERS} characters")
    return secret


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _shown(authorization: str) -> str | None:
    kind, _, value = authorization.partition(" ")
    value = value.strip()
    if kind.lower() == "bearer" and value:
        return value
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, ValueError):
        return None
