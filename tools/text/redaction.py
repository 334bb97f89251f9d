"""Secrets and personal data -> typed placeholders, before text reaches a model, a store or a message.

Keys and structure stay. Every rule is one linear pass over the text. Placeholders read `<redacted:KIND>`; redacting
twice changes nothing.
"""

from typing import Final

from tools.text.credential_forms import CREDENTIAL_FORMS
from tools.text.key_material import KEY_BLOCKS, without_encoded, without_wrapped_tokens
from tools.text.known_tokens import without_known_tokens
from tools.text.named_secrets import NAMED_SECRETS
from tools.text.personal_data import PERSONAL_DATA, without_mail
from tools.text.rule import apply
from tools.text.visible import visible

_BY_CONTEXT: Final = (*CREDENTIAL_FORMS, *NAMED_SECRETS)


def redact(text: str) -> str:
    """The same text without secrets (keys, tokens, passwords, cookies) and personal data (mail, telephone, numbers of
    cards, accounts and persons, public network addresses).

    Escapes of terminals and invisible characters are looked through, and gone where something was masked. Linear in
    the length of the text; never raises.
    """
    shown = visible(text)
    masked = _without_secrets(shown)
    return text if masked == shown else masked


def _without_secrets(text: str) -> str:
    text = apply(KEY_BLOCKS, text)
    text = without_known_tokens(without_wrapped_tokens(text))
    text = apply(_BY_CONTEXT, text)
    text = apply(PERSONAL_DATA, without_mail(text))
    return without_encoded(text, _flat)


def _flat(text: str) -> str:
    """For what was decoded: not decoded once more."""
    return apply(_BY_CONTEXT, without_known_tokens(text))
