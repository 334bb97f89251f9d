"""API tokens with scopes, and the secrets of alert sources. Both come from this process's environment only."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from incidents.errors import InputError
from incidents.frozen import Frozen
from service.intake.sources import SOURCES

Scope = Literal["alerts:write", "incidents:read", "feedback:write", "reverts:write", "rescorings:write"]
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
ONE_TOKEN = "REDTIDE_API_TOKEN"
"""One token for everything."""
TOKENS = "REDTIDE_API_TOKENS"
"""JSON: name of the caller -> {"token": ..., "scopes": [...]}."""
TOPICS = "REDTIDE_SNS_TOPICS"
"""ARNs of topics of Amazon SNS whose signed messages are believed, separated by blanks."""
SECRETS = "REDTIDE_SECRETS_"
"""With the name of a source in capitals behind it: its active secrets, separated by blanks."""
SLACK_SOURCE = "slack"
"""No source of alerts: its secret is the signing secret of the Slack app, whose buttons call back."""
LEAST_CHARACTERS = 16


class _Token(Frozen):
    token: str
    scopes: frozenset[Scope]


_TOPIC = re.compile(r"arn:aws[a-z-]{0,20}:sns:[a-z0-9-]{1,40}:\d{12}:[\w-]{1,256}(?:\.fifo)?")
_TOKENS: TypeAdapter[dict[str, _Token]] = TypeAdapter(dict[str, _Token])


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who showed a valid token. `name` goes into audit records."""

    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom this process believes. `tokens` are kept as SHA-256 digests; `secrets` by the name of the source.

    `topics` are names of topics of Amazon SNS, which are no secrets: what they publish is signed.
    """

    tokens: Mapping[bytes, Caller] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    topics: frozenset[str] = frozenset()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Trust":
        """What the variables of `environment` say. Raises InputError, which repeats no secret."""
        tokens = _api_tokens(environment)
        secrets = {
            name.removeprefix(SECRETS).lower(): tuple(_secret(name, each) for each in value.split())
            for name, value in sorted(environment.items())
            if name.startswith(SECRETS)
        }
        for source, active in secrets.items():
            if source not in SOURCES and source != SLACK_SOURCE:
                known = ", ".join(name.upper() for name in sorted([*SOURCES, SLACK_SOURCE]))
                raise InputError(f"{SECRETS}{source[:50].upper()}: there is no such source; there are {known}")
            if any(_digest(each) in tokens for each in active):
                raise InputError(f"{SECRETS}{source.upper()}: is an API token too, which opens more: make another one")
        return cls(tokens, secrets, _topics(environment.get(TOPICS, "")))

    def caller(self, authorization: str | None) -> Caller | None:
        """Who shows this Authorization header: Bearer with a token, or Basic with it as the password."""
        shown = _shown(authorization)
        found = None
        if shown is not None:
            digest = _digest(shown)
            for known, caller in self.tokens.items():  # all of them, so that the time taken tells nothing
                if hmac.compare_digest(known, digest):
                    found = caller
        return found

    def knows(self, source: str, authorization: str | None) -> bool:
        """Whether it is one of the secrets of `source`, shown as a token."""
        shown = _shown(authorization)
        return shown is not None and sum(hmac.compare_digest(each, shown) for each in self.active(source)) > 0

    def active(self, source: str) -> Sequence[bytes]:
        """The secrets of `source`; several while one is being changed, none when it is closed."""
        return self.secrets.get(source, ())


def _api_tokens(environment: Mapping[str, str]) -> dict[bytes, Caller]:
    """Digest -> who shows that token. Raises InputError, also for a token with two names: which scopes would hold?"""
    callers = list(_named_tokens(environment.get(TOKENS, "")))
    if one := environment.get(ONE_TOKEN, "").strip():
        callers.append((_digest(_secret(ONE_TOKEN, one)), Caller("operator", SCOPES)))
    tokens: dict[bytes, Caller] = {}
    for digest, caller in callers:
        if digest in tokens:
            names = f"{tokens[digest].name[:50]!r} and {caller.name[:50]!r}"
            raise InputError(f"{TOKENS}: {names} have the same token: give each a token of its own")
        tokens[digest] = caller
    return tokens


def _topics(text: str) -> frozenset[str]:
    topics = frozenset(text.split())
    for topic in topics:
        if not _TOPIC.fullmatch(topic):
            raise InputError(f"{TOPICS}: must hold ARNs such as arn:aws:sns:eu-west-1:123456789012:alarms, and blanks")
    return topics


def _named_tokens(text: str) -> list[tuple[bytes, Caller]]:
    if not text.strip():
        return []
    try:
        read = _TOKENS.validate_python(json.loads(text, object_pairs_hook=_each_once))
    except (ValueError, ValidationError) as error:
        example = '{"deploys": {"token": "...", "scopes": ["alerts:write"]}}'
        asked = f"must be JSON such as {example}, each name once, scopes of {', '.join(sorted(SCOPES))}"
        raise InputError(f"{TOKENS}: {asked}") from error
    return [(_digest(_secret(TOKENS, each.token)), Caller(name[:100], each.scopes)) for name, each in read.items()]


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON takes the last of two equal keys: a second "scopes" would widen the first unseen."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a key stands there twice")
    return read


def _secret(variable: str, text: str) -> bytes:
    """The bytes of a configured secret: also those that are no text, as the environment holds them."""
    try:
        secret = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise InputError(f"{variable}: a secret holds half a character: make another one") from error
    if len(text) < LEAST_CHARACTERS or any(letter.isspace() or letter < " " for letter in text):
        raise InputError(f"{variable}: a secret needs at least {LEAST_CHARACTERS} characters and no blanks")
    return secret


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _shown(authorization: str | None) -> bytes | None:
    """The bytes that were sent: HTTP headers are read as Latin-1. Nothing is decoded, so that no two become equal."""
    try:
        kind, _, value = (authorization or "").encode("latin-1").partition(b" ")
    except UnicodeEncodeError:
        return None
    value = value.strip()
    if kind.lower() == b"bearer" and value:
        return value
    if kind.lower() != b"basic":
        return None
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2] or None
    except (binascii.Error, ValueError):
        return None
