"""Replace secrets and personal data with typed placeholders before text reaches a model, a store or a message.

Keys and structure stay. Every rule is one linear pass over the text. Placeholders read `<redacted:KIND>`; redacting
twice changes nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from tools.text.credential_forms import CREDENTIAL_FORMS
from tools.text.key_material import KEY_BLOCKS, without_encoded, without_wrapped_tokens
from tools.text.known_tokens import without_known_tokens
from tools.text.named_secrets import NAMED_SECRETS
from tools.text.personal_data import BESIDE_A_KEY, without_mail
from tools.text.personal_numbers import without_numbers
from tools.text.rule import apply, lower, places
from tools.text.secret_names import OTHER_WORDS
from tools.text.visible import visible

_BY_CONTEXT: Final = (*CREDENTIAL_FORMS, *NAMED_SECRETS)
_SHORT: Final = 400
# A text that any rule could mask contains one of these signs or one of the words below. Most lines, subjects and
# names contain neither, and need only microseconds.
_SIGNS: Final = re.compile(
    r"[@=%<$\\]|[^\x20-\x7e\n\t]|&[#a-z]|://|(?:->|::)\w++\(|\d[\d ./()+-]{4,40}\d|[\w+/-]{16}|[0-9A-Fa-f]:[0-9A-Fa-f]{0,4}:"
    r"|-[uU][ \t=]?[^\s:]{1,60}:|:(?:\d{3,5}|\*):|[A-Z]\d{4}|(?i:pin|otp|cv[vcn]\d?|tan|2fa|code)\W{1,12}(?:is )?\d{3}"
)
_WORDS: Final = (
    "pass", "pw", "creds", "kennwort", "contrase", "secret", "token", "key", "credential", "sess", "csrf", "xsrf", "masterauth", "salt",
    "authorization", "bearer", "cookie", "auth", "sig", "name", "street", "address", "holder", "payee", "identified", "mysql",
    "__construct", "ldap", "login", "private-lines", "user", "mot", "redis-cli", "senha", "wachtwoord", "heslo",
    "parola", "salasana", "adgangskode",
)  # fmt: skip


def redact(text: str) -> str:
    """Return the text without secrets and without personal data.

    Secrets are keys, tokens, passwords and cookies; personal data are mail addresses, telephone, card, account and
    personal numbers, and public IP addresses. Terminal escapes and invisible characters are ignored in the search, and
    removed when something was masked. Linear in the length of the text; never raises.
    """
    if len(text) < _SHORT and not _may_hold(text):
        return text
    shown = visible(text)
    masked = _without_secrets(shown)
    return text if masked == shown else masked


def masked_lines(lines: Sequence[str]) -> dict[str, str]:
    """Return the lines of code that contain a secret, each with its masked form. A microsecond for most lines.

    Personal data is only searched for where a secret may be.
    """
    found = {lines[number] for number in _suspicious(lines)}
    return {line: clean for line in found if (clean := redact(line)) != line}


def redact_code(text: str) -> str:
    """Return code with its lines masked as in `masked_lines`; the number of lines stays the same."""
    lines = text.split("\n")
    masked = masked_lines(lines)
    return "\n".join(masked.get(line, line) for line in lines) if masked else text


def _may_hold(text: str) -> bool:
    lowered = text.lower()
    return _SIGNS.search(text) is not None or any(word in lowered for word in _WORDS)


_WORDS_OF_LINES: Final = (
    "pass", "pw", "creds", "kennwort", "contrase", "secret", "token", "_key", "-key", "apikey", "accesskey", "accountkey", "privatekey",
    "credential", "sessionid", "session_id", "authorization", "bearer", "://", "identified by", "@tcp(", "mot de", *OTHER_WORDS,
)  # fmt: skip
_LONG_WORD: Final = re.compile(r"[A-Za-z0-9_~-]{20,}+")


def _suspicious(lines: Sequence[str]) -> Iterator[int]:
    text = "\n".join(lines)
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    at = places(_WORDS_OF_LINES, lower(text))
    at += [word.start() for word in _LONG_WORD.finditer(text) if any(map(str.isdigit, word[0]))]
    yield from {bisect_right(starts, place) - 1 for place in at}


def _without_secrets(text: str) -> str:
    text = apply(KEY_BLOCKS, text)
    text = without_known_tokens(without_wrapped_tokens(text))
    text = apply(_BY_CONTEXT, text)
    text = apply((BESIDE_A_KEY,), without_numbers(without_mail(text)))
    return without_encoded(text, _flat)


def _flat(text: str) -> str:
    """Redact decoded text without decoding it again."""
    return apply(_BY_CONTEXT, without_known_tokens(text))
