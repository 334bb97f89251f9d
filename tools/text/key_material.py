"""Secrets recognised by their encoding: key blocks, words over two lines, base64 of a secret."""

import base64
import binascii
import re
from collections.abc import Callable, Collection
from typing import Final

from tools.text.known_tokens import without_known_tokens
from tools.text.rule import PLACEHOLDER, Rule
from tools.text.secret_checks import is_random

_KEY_BEFORE = re.compile(
    r"(?i)(?:secret|token|key|password|bearer|basic|auth)[\w-]{0,20}\\?[\"']?\s{0,3}(?:=>|[:=]|\s)\s{0,3}\\?[\"']?\Z"
)
_PUBLIC_BLOCK = re.compile(
    r"BEGIN (?:CERTIFICATE|[A-Z ]{0,40}PUBLIC KEY|CRL|X509|TRUSTED|PKCS7|CMS|DH)[A-Z0-9 -]{0,40}\s{0,8}\Z"
)


def _base64_block(found: re.Match[str]) -> str:
    """Mask lines of base64: a key without its frame, unless the frame before says that it is public."""
    if _PUBLIC_BLOCK.search(found.string, max(0, found.start() - 80), found.start()):
        return found[0]
    return "<redacted:key-material>"


KEY_BLOCKS: Final = (
    Rule(
        ("private key", "static key"),
        re.compile(
            r"-----BEGIN [A-Za-z0-9 ]{0,40}(?:PRIVATE KEY(?: BLOCK)?|Static key V\d)-----"
            r"(?:[^-]|-(?!----)){0,20000}+(?:-----END [A-Za-z0-9 ]{0,60}-----)?"
        ),
        "<redacted:private-key>",
    ),
    Rule(
        ("private-lines:",),
        re.compile(
            r"(Private-Lines: \d{1,3}\s{1,4})(?:[A-Za-z0-9+/=]{1,80}\s{1,4}){1,200}+(?:Private-MAC: [0-9a-f]{20,80})?"
        ),
        r"\1<redacted:private-key>",
    ),
    Rule(
        ("\n",),
        re.compile(r"(?m)^[ \t+-]{0,8}(?:[A-Za-z0-9+/]{60,80}\r?\n[ \t+-]{0,8}){1,400}+[A-Za-z0-9+/]{16,80}={0,2}$"),
        _base64_block,
    ),
)


def without_wrapped_tokens(text: str) -> str:
    """Return `text` without the tokens that a mailer or a terminal broke into two lines."""
    return _WRAPPED.sub(_unwrapped, text) if "\n" in text else text


_WRAPPED: Final = re.compile(
    r"(?<![A-Za-z0-9_.+/~-])([A-Za-z0-9_.+/~-]{16,400}+)(=?\\?\r?\n[ \t]{0,8})([A-Za-z0-9_.+/~-]{8,400}+)"
)
_LINE: Final = 60


def _unwrapped(found: re.Match[str]) -> str:
    first, between, second = found.groups()
    begin = found.string.rfind("\n", max(0, found.start() - 200), found.start()) + 1
    if found.end(1) - begin < _LINE and "=" not in between and "\\" not in between:
        return found[0]
    whole = first + second
    masked = without_known_tokens(whole)
    if masked == whole or masked == without_known_tokens(first) + second:
        beside_key = _KEY_BEFORE.search(found.string, max(0, found.start() - 60), found.start())
        if not (beside_key and is_random(first) and is_random(second)):
            return found[0]
    return f"{PLACEHOLDER}token>{between}{PLACEHOLDER}token>"


def without_encoded(text: str, redact: Callable[[str], str]) -> str:
    """Return `text` without random words, and without base64 of text that `redact` would mask."""
    hidden = _hidden_in(text, redact)
    text = _LONG.sub(lambda found: _masked(found, hidden), text)
    return _IN_PATH.sub(_random_name, text)


_LONG: Final = re.compile(r"(?<![A-Za-z0-9_+/=.-])[A-Za-z0-9+/]{16,4000}+={0,2}(?![A-Za-z0-9_+/=.-])")
_IN_PATH: Final = re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_-]{32,4000}+(?![A-Za-z0-9_.+=])")
_HASHED: Final = re.compile(
    r"(?i)(?:sha\d{1,3}|h1|md5|base64,|integrity|checksum|fingerprint|digest)[\"']?[-: ,=]{0,3}[\"']?\Z"
)
_LONGEST_DECODED: Final = 400
_CREDENTIALS: Final = re.compile(r"[\w.@+-]{2,60}:[^\s:]{4,200}")


def _masked(found: re.Match[str], hidden: Collection[str]) -> str:
    word = found[0]
    secret = word in hidden or (len(word) >= 40 and is_random(word.rstrip("=")))
    return f"{PLACEHOLDER}secret>" if secret and not _is_hash(found) else word


def _random_name(found: re.Match[str]) -> str:
    """Mask a random name in a path or link: whoever has the link has access."""
    longest = max(found[0].replace("_", "-").split("-"), key=len)  # names are made of short words, `-` and `_`
    return f"{PLACEHOLDER}secret>" if len(longest) > 13 and is_random(longest) and not _is_hash(found) else found[0]


def _is_hash(found: re.Match[str]) -> bool:
    return _HASHED.search(found.string, max(0, found.start() - 16), found.start()) is not None


def _hidden_in(text: str, redact: Callable[[str], str]) -> set[str]:
    """The words of `text` that hide a secret. All are looked at as one text: one by one takes a hundred times longer."""
    inside = {word: read for word in set(_LONG.findall(text)) if (read := _decoded(word))}
    if not inside:
        return set()
    lines = redact("\n\n".join(inside.values())).split("\n\n")
    if len(lines) != len(inside):  # masked across several of them
        return set(inside)
    pairs = zip(inside.items(), lines, strict=True)
    return {word for (word, read), line in pairs if line != read or _CREDENTIALS.fullmatch(read)}


def _decoded(word: str) -> str:
    """What it says in base64; "" when that is nothing to be read."""
    if len(word) % 4 or len(word) > _LONGEST_DECODED:
        return ""
    try:
        inside = base64.b64decode(word, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return inside if inside.isprintable() else ""
