"""Names of secrets: which keys name one, and of what kind it is."""

import re
from typing import Final

from tools.text.rule import word_before
from tools.text.secret_checks import is_about_secret

# `key` and `pass` end many words: what they must follow to name a secret.
_OWNERS_OF_KEY: Final = (
    "api", "access", "private", "auth", "encrypt", "encryption", "signing", "account", "master", "shared", "storage",
    "subscription", "license", "licence", "webhook", "consumer", "client", "service", "server", "app", "secure", "hmac",
    "jwt", "aes",
)  # fmt: skip
_OWNER_OF_PASS = re.compile(r"(?i)(?:\A|[^a-z]|store|key|user|become|sudo|require|db|smtp|ftp|root|admin|bind)\Z")


OTHER_WORDS: Final = (
    "senha",
    "wachtwoord",
    "hasło",
    "lösenord",
    "heslo",
    "parola",
    "salasana",
    "adgangskode",
    "şifre",
    "mật khẩu",
    "парол",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
)
"""How words for a password in other languages begin, in lower case; English, German, Spanish and French have patterns."""
IN_OTHER_LANGUAGES: Final = (
    r"(?:(?-i:(?<![a-z])|(?=S))senha)|wachtwoord|hasło|lösenord|heslo|parola|salasana|adgangskode|şifre|mật khẩu"
    r"|парол[ья]|密码|密碼|口令|パスワード|비밀번호"
)


def kind_of_secret(key: str) -> str:
    """Return the kind of secret for the placeholder."""
    lowered = key.lower()
    if any(word in lowered for word in ("pass", "pwd", "pw", "kennwort", "contrase", *OTHER_WORDS)):
        return "password"
    return "token" if "token" in lowered or "sess" in lowered else "secret"


def names_secret(key: re.Match[str]) -> bool:
    """Return whether the text before `key` or `pass` makes it the name of a secret."""
    word, text, at = key["stem"].lower(), key.string, key.start()
    if word in ("key", "keys"):
        before = text[max(0, at - 13) : at].lower()
        return (before[:-1] if before.endswith((" ", "_", "-")) else before).endswith(_OWNERS_OF_KEY)
    if word == "pass":
        owned = _OWNER_OF_PASS.search(text, max(0, at - 8), at) is not None
        return owned or (key["stem"][0] == "P" and text[at - 1 : at].islower())
    return True


def secret_name(key: re.Match[str]) -> str:
    """Return the key up to the word for a secret, with its prefix; "" when it only describes a secret."""
    before, stem = word_before(key.string, key.start()), key["stem"]
    return "" if is_about_secret(before + key[0], before + stem) else before + stem


def text_before(key: re.Match[str], longest: int = 24) -> str:
    """Return the text before the whole key."""
    start = key.start() - len(word_before(key.string, key.start()))
    return key.string[max(0, start - longest) : start]
