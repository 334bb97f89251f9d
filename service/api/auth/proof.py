"""How far the head of a request proves who sends it, before any of its body is read."""

from collections.abc import Mapping
from enum import Enum

from service.api.auth.tokens import SLACK_SOURCE, Trust
from service.intake.adapter import Source
from service.intake.sns_message import TYPE_HEADER
from service.intake.sources import SOURCES
from service.intake.webhook_signature import Signed

WEBHOOKS = "/alerts/"
"""Below it senders may sign the bytes they send, which nobody can check before they are there."""

LOGIN_PATH = "/console/login"
"""Where a person shows a token in a form."""
SIGN_ON_PATH = "/console/login/oidc"
SIGNED_ON_PATH = "/console/login/oidc/callback"
"""Where a person leaves for the provider of single sign-on, and comes back from it."""

SLACK_PATH = "/slack/interactions"
SLACK = Signed("x-slack-signature", version="v0=", timestamp_header="x-slack-request-timestamp", prefix="v0:")
"""https://docs.slack.dev/authentication/verifying-requests-from-slack"""


class Proof(Enum):
    """`TOKEN`: a valid token or secret is shown. `CLAIMED`: only the body can tell. `NONE`: no body will change it."""

    NONE = "none"
    CLAIMED = "claimed"
    TOKEN = "token"


def proof_of(trust: Trust, path: str, headers: Mapping[str, str]) -> Proof:
    """What the head proves. The names of the headers are in lower case.

    A signature that is there decides, also beside a valid token; it is a claim only when this source has a secret and
    the signature has the form (and, where it is signed, the time) of one that could hold. A message of Amazon SNS is
    signed inside its body.
    """
    if path in (LOGIN_PATH, SIGN_ON_PATH, SIGNED_ON_PATH):
        return Proof.CLAIMED
    if path == SLACK_PATH:
        may_hold = bool(trust.active(SLACK_SOURCE)) and SLACK.may_hold(headers)
        return Proof.CLAIMED if may_hold else Proof.NONE
    source = SOURCES.get(path.removeprefix(WEBHOOKS)) if path.startswith(WEBHOOKS) else None
    if source is not None and source.signed is not None and source.signed.header in headers:
        may_hold = bool(trust.active(source.name)) and source.signed.may_hold(headers)
        return Proof.CLAIMED if may_hold else Proof.NONE
    if shows_token(trust, source, headers.get("authorization")):
        return Proof.TOKEN
    by_topic = source is not None and source.signed_by_topic and bool(trust.topics) and TYPE_HEADER in headers
    return Proof.CLAIMED if by_topic else Proof.NONE


def shows_token(trust: Trust, source: Source | None, authorization: str | None) -> bool:
    """Whether it is a secret of the source shown as a token, or a valid token; for a source one that may write alerts."""
    if source is not None and trust.knows(source.name, authorization):
        return True
    caller = trust.caller(authorization)
    return caller is not None and (source is None or "alerts:write" in caller.scopes)
