"""Secrets and personal data -> typed placeholders, before text reaches a model, a store or a message.

Keys and structure stay, so that a reader still sees *that* a password was there, and code stays readable: a name, a
call or an attribute on the right of `token =` is no secret. Every rule is one linear pass over the text. Placeholders
read `<redacted:KIND>`; redacting twice changes nothing.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from tools.text.secret_checks import is_card_number, is_code, is_iban, is_public_address

_SECRET_KEY = (
    r"passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key"
    r"|encryption[_-]?key|credentials?|session[_-]?id|sessid|csrf|xsrf|otp"
)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".js", ".ts", ".css", ".map", ".php", ".py", ".html")


class Rule(NamedTuple):
    """What is looked for (only in texts that hold `cue`, lower case) and what takes its place."""

    cue: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]


def redact(text: str) -> str:
    """The same text without secrets (keys, tokens, passwords, cookies) and personal data (mail, telephone, card, bank
    and public network numbers). Linear in the length of the text; never raises."""
    lowered = text.lower()
    for rule in _RULES:
        if rule.cue in lowered:
            text = rule.pattern.sub(rule.replacement, text)
    return text


def _assigned(found: re.Match[str]) -> str:
    """`key = value`: the value goes, unless it is code or says nothing."""
    key, between, value = found["key"], found["between"], found["value"]
    quote = re.match(r"\\?[\"']", value)
    inner = value[quote.end() : -quote.end()] if quote else value
    if is_code(key, between, inner, quoted=quote is not None, following=found.string[found.end() : found.end() + 1]):
        return found[0]
    mark = quote[0] if quote else ""
    return f"{key}{between}{mark}<redacted:{_kind(key)}>{mark}"


def _kind(key: str) -> str:
    lowered = key.lower()
    if "pass" in lowered or "pwd" in lowered:
        return "password"
    return "token" if "token" in lowered or "sess" in lowered else "secret"


def _arguments(found: re.Match[str]) -> str:
    """PHP prints the arguments of calls: those of a log-in are secrets whatever they look like."""
    return found[1] + re.sub(r"'[^']{0,200}'", "'<redacted:argument>'", found[2])


def _only_if(check: Callable[[str], bool], kind: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"<redacted:{kind}>" if check(found[0]) else found[0]


def _is_mail(address: str) -> bool:
    return not address.lower().endswith(_PICTURES)


def _is_random(word: str) -> bool:
    """Long and mixed as only generated keys are; hexadecimal words (commits, ids of objects) are none."""
    counts = [sum(map(test, word)) for test in (str.isdigit, str.isupper, str.islower)]
    return min(counts) >= 5


_RULES = (
    Rule(
        "private key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:[^-]|-(?!----)){0,20000}+(?:-----END [A-Z0-9 ]{0,60}-----)?"
        ),
        "<redacted:private-key>",
    ),
    Rule("://", re.compile(r"(?<=://)([^\s/:@\"'<>]{0,100}):([^\s/@\"'<>]{1,200})@"), r"\1:<redacted:password>@"),
    Rule(
        "authorization",
        re.compile(
            r"(?i)(authorization\\?[\"']?\s{0,3}[:=]>?\s{0,3}\\?[\"']?(?:[A-Za-z]{3,20} )?)[A-Za-z0-9._~+/=-]{6,4000}"
        ),
        r"\1<redacted:token>",
    ),
    Rule("bearer", re.compile(r"(?i)\b(bearer\s{1,3})[A-Za-z0-9._~+/=-]{12,4000}"), r"\1<redacted:token>"),
    Rule(
        "cookie",
        re.compile(r"(?i)\b((?:set-)?cookie\\?[\"']?: ?\\?[\"']?)[\w.-]{1,80}=[^\r\n\"'\\]{1,4000}"),
        r"\1<redacted:cookie>",
    ),
    Rule("eyj", re.compile(r"(?<![\w-])eyJ[\w-]{8,4000}+\.[\w-]{8,8000}+(?:\.[\w-]{0,4000})?"), "<redacted:token>"),
    Rule("hooks.", re.compile(r"(https://hooks\.[a-z.]{3,40}/)[\w/-]{10,200}"), r"\1<redacted:token>"),
    *(
        Rule(cue, re.compile(rf"(?<![A-Za-z0-9_-]){shape}(?![A-Za-z0-9])"), "<redacted:token>")
        for cue, shape in (
            ("akia", r"AKIA[0-9A-Z]{16}"),
            ("asia", r"ASIA[0-9A-Z]{16}"),
            ("gh", r"gh[pousr]_[A-Za-z0-9]{30,255}"),
            ("github_pat_", r"github_pat_\w{30,255}"),
            ("glpat-", r"glpat-[\w-]{20,100}"),
            ("xox", r"xox[abeoprs]-[\w-]{10,300}"),
            ("xapp-", r"xapp-[\w-]{10,300}"),
            ("_live_", r"(?:sk|rk|pk)_live_\w{10,200}"),
            ("_test_", r"(?:sk|rk|pk)_test_\w{10,200}"),
            ("aiza", r"AIza[\w-]{35}"),
            ("sk-", r"sk-[\w-]{20,200}"),
            ("npm_", r"npm_[A-Za-z0-9]{36}"),
            ("pypi-", r"pypi-[\w-]{50,300}"),
            ("hf_", r"hf_[A-Za-z0-9]{30,60}"),
            ("sg.", r"SG\.[\w-]{16,64}\.[\w-]{16,64}"),
            ("api-", r"(?:api|cli)-[a-z0-9]{28}"),
        )
    ),
    Rule(
        "(",
        re.compile(
            r"((?:PDO->__construct|mysqli?(?:_p?connect|->__construct|->real_connect)|password_(?:verify|hash)|ldap_bind"
            r"|(?:->|::)(?i:login|log_in|sign_?in|authenticate|check_?password)\w{0,30})\()([^)\n]{1,500})"
        ),
        _arguments,
    ),
    Rule(
        "",
        re.compile(
            rf"(?i)(?P<key>(?:{_SECRET_KEY})s?(?-i:(?![a-z]))[\w-]{{0,20}})(?P<between>\\?[\"']?\]?\s{{0,3}}(?:=>|:=|=(?!=)|:(?!:))\s{{0,3}})"
            r"(?P<value>\\\"[^\"\\\n]{1,1000}\\\"|\"(?:\\.|[^\"\\\n]){1,1000}+\"|'(?:\\.|[^'\\\n]){1,1000}+'"
            r"|[^\s\"'&,;)}\\]{1,1000})"
        ),
        _assigned,
    ),
    Rule(
        "@",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.[A-Za-z]{2,24}(?![\w-])"
        ),
        _only_if(_is_mail, "email"),
    ),
    Rule(
        "", re.compile(r"(?<![\w.-])[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{2,7}(?![\w-])"), _only_if(is_card_number, "card")
    ),
    Rule(
        "",
        re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"),
        _only_if(is_iban, "iban"),
    ),
    Rule("-", re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])"), "<redacted:ssn>"),
    Rule("+", re.compile(r"(?<![\w+])\+\d{1,3}(?:[ .-]\(?\d{2,8}\)?){2,5}(?!\w)"), "<redacted:phone>"),
    Rule(".", re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)"), _only_if(is_public_address, "ip")),
    Rule(":", re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){5,7}[0-9A-Fa-f]{1,4}(?![\w:])"), "<redacted:ip>"),
    Rule("2", re.compile(r"(?i)(?<![\w:.])2[0-9a-f]{3}:[0-9a-f:]{0,30}::?[0-9a-f:]{0,30}(?![\w:])"), "<redacted:ip>"),
    Rule("", re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/]{40,1000}+={0,2}(?![\w+/=.-])"), _only_if(_is_random, "secret")),
)
"""In this order: whole blocks and known shapes first, then whatever stands beside a telling key, then personal data."""
