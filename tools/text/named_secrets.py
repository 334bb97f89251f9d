"""Secrets that stand beside a telling key: `password=...`, `'secret' => '...'`, `"api_key": "..."`, encoded or not.

Keys and structure stay, so that a reader still sees *that* a password was there, and code stays readable: a name, a
call or an attribute on the right of `token =` is no secret.
"""

import re
from typing import Final

from tools.text.rule import PLACEHOLDER, Anchored, Replacement, masked, word_before
from tools.text.secret_checks import is_about_secret, is_code, is_hexadecimal, is_random, is_strong

QUOTE: Final = r"(?:\\{0,3}[\"'`]|&quot;|&apos;|&#0?3[49];|&#x2[27];|%25(?:22|27)|%2[27]|\\u002[27])"
BETWEEN: Final = (
    rf"(?:{QUOTE}?\]?[ \t]{{0,8}}(?:=>|:=|=(?!=)|:(?!:)|[＝：]|%(?:25)?3[ADad]|\\u003[ad]|&\#(?:61|58|x3[adAD]);)\+?)"
)
"""From a key to its value: the end of the key's quotes, and what assigns, in clear or encoded."""
QUOTED: Final = rf"(?P<open>{QUOTE})(?P<value>(?:(?!(?P=open))(?:\\.|[^\n\\])){{1,2000}}+)(?P=open)"
BARE: Final = r"(?P<bare>[^\s\"'&,;)}\\`]{1,1000}+)"
_STEM: Final = (
    r"(?P<stem>(?:passw(?:or)?d|passphrase|passcode|kennwort|passwort|contrase[ñn]a|mot[_-]?de[_-]?passe|pwd|secret|token"
    r"|credential|session[_-]?id|sessid|csrf|xsrf|masterauth|key|pass)s?(?-i:(?![a-z])))"
)
_KEY: Final = rf"(?P<key>{_STEM}[\w-]{{0,24}}+)"
_WORD: Final = r"(?P<quote>[\"'])?(?P<value>(?(quote)[^\"'\n]{1,400}|[^\s\"'|;&<>]{1,400}))"
_ENDS = re.compile(r"%(?:25)?(?:26|22|27|2[Cc]|7[Dd])")
# `key` and `pass` end many words: what they must follow to name a secret.
_OWNER_OF_KEY = re.compile(
    r"(?i)(?:api|access|private|auth|encrypt(?:ion)?|signing|account|master|shared|storage|subscription|licen[sc]e|webhook"
    r"|consumer|client|service|server|app|secure|hmac|jwt|aes)[_-]?\Z"
)
_OWNER_OF_PASS = re.compile(r"(?i)(?:\A|[^a-z]|store|key|user|become|sudo|require|db|smtp|ftp|root|admin|bind)\Z")


def kind_of_secret(key: str) -> str:
    """What a placeholder calls it."""
    lowered = key.lower()
    if any(word in lowered for word in ("pass", "pwd", "kennwort", "contrase")):
        return "password"
    return "token" if "token" in lowered or "sess" in lowered else "secret"


def _secret_name(found: re.Match[str]) -> str:
    """The key up to the word that tells of a secret, with what precedes it; "" when the key is not of one."""
    before, stem = word_before(found.string, found.start()), found["stem"]
    word = stem.lower().rstrip("s")
    if word == "key" and not _OWNER_OF_KEY.search(before):
        return ""
    if word == "pas" and not (_OWNER_OF_PASS.search(before) or (stem[0] == "P" and before[-1:].islower())):
        return ""
    return "" if is_about_secret(before + found["key"], before + stem) else before + stem


def _assigned(found: re.Match[str]) -> str:
    """`key = value`: the value goes, unless it is code or says nothing."""
    name = next(each for each in ("value", "bare", "cut") if found[each] is not None)
    quoted, value = name == "value", found[name]
    between = found.string[found.end("key") : found.start(name)]
    if "%" in between and not quoted:
        value = _ENDS.split(value)[0]
    stem = _secret_name(found)
    if not stem or (stem.lower() == "pass" and ":" in between and (stem != "pass" or not is_strong(value))):
        return found[0]
    following = found.string[found.end() : found.end() + 1]
    if is_code(stem + found["key"][len(found["stem"]) :], between, value, quoted=quoted, following=following):
        return found[0]
    if not quoted and following in (",", ")") and _is_argument(found, value, stem):
        return found[0]
    return masked(found, kind_of_secret(stem), name, value)


def _is_argument(found: re.Match[str], value: str, stem: str) -> bool:
    """`login(user=u, password=raw)`: a bare word between brackets or commas is the name of a variable."""
    start = found.end("stem") - len(stem)
    before = found.string[max(0, start - 4) : start].rstrip(" ")
    return value.replace("_", "").isalpha() and before.endswith(("(", ","))


def _in_call(found: re.Match[str]) -> str:
    """`define('AUTH_KEY', '...')`, `setPassword("...")`: only what looks made up."""
    value = found["value"]
    made_up = len(value) >= 20 and len(set(value)) > 12 and re.search(r"[^\w\s]", value) and re.search(r"\d", value)
    if not (made_up or (is_strong(value) and " " not in value)) or value.startswith(PLACEHOLDER):
        return found[0]
    stem = _secret_name(found)
    return masked(found, kind_of_secret(stem)) if stem else found[0]


def _serialized(found: re.Match[str]) -> str:
    """`s:8:"password";s:10:"...";` as PHP stores it."""
    start = found.start() - len(word_before(found.string, found.start()))
    named = re.search(r"s:\d{1,4}:\\?\"\Z", found.string[max(0, start - 9) : start]) and _secret_name(found)
    return (
        masked(found, kind_of_secret(str(named))) if named and not found["value"].startswith(PLACEHOLDER) else found[0]
    )


_NAME_OF_PAIR = re.compile(rf"(?i)\b(?:name|key|id){BETWEEN}[ \t]?{QUOTE}?\Z")


def _in_pair(found: re.Match[str]) -> str:
    """`name="password" value="..."`."""
    start = found.start() - len(word_before(found.string, found.start()))
    stem = _secret_name(found) if _NAME_OF_PAIR.search(found.string, max(0, start - 24), start) else ""
    if not stem or is_code(found["key"], "=", found["value"], quoted=True, following=""):
        return found[0]
    return masked(found, kind_of_secret(stem))


_OPENED = re.compile(r"(?:<|&lt;)(?:[\w-]{1,20}:)?\Z")


def _element(found: re.Match[str]) -> str:
    """`<password>...</password>`."""
    start = found.start() - len(word_before(found.string, found.start()))
    before = found.string[max(0, start - 24) : start]
    stem = _secret_name(found) if _OPENED.search(before) and not before.endswith(PLACEHOLDER) else ""
    if not stem or is_code(found["key"], "=", found["value"], quoted=True, following=""):
        return found[0]
    return masked(found, kind_of_secret(stem))


def _option(found: re.Match[str]) -> str:
    """`--password x7Gh2kPq9`: what stands behind an option, unless it is another one, a variable or its description."""
    value = found["value"]
    stem = _secret_name(found) if word_before(found.string, found.start()).startswith("-") else ""
    if not stem or value[0] in "-$" or (value.isupper() and value.isalpha()):
        return found[0]
    return found[0] if is_code(stem, "=", value, quoted=True, following="") else masked(found, kind_of_secret(stem))


def _in_sentence(found: re.Match[str]) -> str:
    """`the password is x7Gh2kPq9`, `password "x7Gh2kPq9"`."""
    name, value = found["stem"].lower(), re.sub(r"[.,:;!?)\]]+$", "", found["value"])
    quoted = found["quote"] is not None and " " not in value and re.search(r"[\d!@#$%^&*+=]", value) is not None
    made_up = is_strong(value) or (quoted and len(value) > 5)
    if kind_of_secret(name) != "password" and not is_random(value):
        made_up = is_strong(value) and len(value) >= 20
    return masked(found, kind_of_secret(name), value=value) if made_up and PLACEHOLDER not in value else found[0]


_PUBLIC_KEY = re.compile(
    r"(?i)(?:public|pub|cache|primary|foreign|partition|sort|idempotency|routing|host|row|object|lookup|index|unique"
    r"|natural|group|map|hash|translation|message|i18n)[_-]?\Z"
)
_ENCRYPTING = re.compile(r"(?i)[?&]\Z|crypt|cipher|secret")


def _of_any_key(found: re.Match[str]) -> str:
    """A key of another name, or a signature: only what can be nothing else than generated."""
    value, word, prefix = found["value"], found["key"].lower(), word_before(found.string, found.start())
    if word in ("key", "salt"):
        alone = not prefix and not _ENCRYPTING.search(found.string, max(0, found.start() - 60), found.start())
        if alone or _PUBLIC_KEY.search(prefix):
            return found[0]
    packed = re.sub(r"^base64:|%2[BbFf]|%3[Dd]|[^A-Za-z0-9]", "", value)
    mixed = sum(map(str.isdigit, packed)) > 1 and sum(map(str.isalpha, packed)) > 1
    return masked(found, "secret") if mixed and (is_random(packed) or is_hexadecimal(packed)) else found[0]


_CODE_BEFORE = re.compile(r"(?i)(?:verification|security|one[ _-]?time|mfa|2fa|sms|login|backup|recovery)[ _-]?\Z")


def _short_code(found: re.Match[str]) -> str:
    """A number of a few digits that opens something once."""
    word = found["key"].lower()
    if word == "code" and not _CODE_BEFORE.search(found.string, max(0, found.start() - 14), found.start()):
        return found[0]
    return masked(found, "card" if word.startswith("cv") else "code")


def _form(pattern: str, replacement: Replacement) -> tuple[re.Pattern[str], Replacement]:
    return re.compile(f"(?i){pattern}"), replacement


_FOLLOWED = re.compile(rf"(?i){_KEY}(?:[\s\"'`\\\]=:>,(＝：]|%|&)")
NAMED_SECRETS: Final = (
    Anchored(
        (
            "pass",
            "pwd",
            "secret",
            "token",
            "credential",
            "kennwort",
            "contrase",
            "mot",
            "sess",
            "csrf",
            "xsrf",
            "masterauth",
            "key",
        ),
        _FOLLOWED,
        (
            _form(rf"{_KEY}\\?\";s:\d{{1,6}}:\\?\"(?P<value>[^\"\\]{{1,1000}}+)", _serialized),
            _form(
                rf"{_KEY}{QUOTE}?[\s,/]{{1,40}}+(?:[a-z-]{{1,20}}={QUOTE}[\w-]{{0,40}}{QUOTE}\s{{1,3}}){{0,3}}"
                rf"{QUOTE}?value{BETWEEN}[ \t]?{QUOTE}?(?P<value>[^\s\"'&<>{{]{{3,500}}+)",
                _in_pair,
            ),
            _form(
                rf"{_KEY}(?:\s[^<>]{{0,300}})?(?:>|&gt;)\s{{0,20}}(?P<value>[^<>&\s][^<>&\n]{{0,1000}})\s{{0,20}}(?:<|&lt;)/",
                _element,
            ),
            _form(
                rf"{_KEY}{BETWEEN}(?:\s{{0,40}}(?:string\(\d{{1,6}}\)\s|[bu](?=[\"']))?{QUOTED}"
                rf"|(?:[ \t]?[|>][-+]?[ \t]{{0,4}}\r?\n[ \t]{{1,40}}|[ \t]{{0,8}})(?!{QUOTE}){BARE}"
                rf"|[ \t]{{0,8}}{QUOTE}(?P<cut>[^\s\"'&,;)}}\\`]{{1,200}}+))",
                _assigned,
            ),
            _form(rf"{_KEY}[ \t]{{1,3}}{_WORD}", _option),
            _form(rf"{_KEY}{QUOTE}?\s{{0,2}}[,(]\s{{0,20}}{QUOTED}", _in_call),
            _form(
                rf"{_STEM}[\"']?[ \t]{{1,3}}(?:(?:is|was|of|ist|lautet|to|set|provided|:)[ \t:]{{1,3}}){{0,2}}{_WORD}",
                _in_sentence,
            ),
        ),
    ),
    Anchored(
        ("key", "salt", "auth", "sig", "hmac", "sid"),
        re.compile(r"(?i)(?:key|salt|auth|sig(?:nature)?(?:-\d{1,3})?|hmac|sid)[\s\"'`\\\]=:%&＝：]"),
        (
            _form(
                r"(?P<key>(?-i:key|Key|KEY|salt|Salt|SALT)|(?<![a-z])(?:auth|sig|hmac|sid)|signature(?:-\d{1,3})?)"
                rf"{BETWEEN}[ \t]{{0,3}}{QUOTE}?(?:sha\d{{1,3}}=|v1=)?(?P<value>(?:[A-Za-z0-9+/_.~:-]|%2[BbFf]){{16,600}}+(?:=|%3[Dd]){{0,2}})",
                _of_any_key,
            ),
        ),
    ),
    Anchored(
        ("pin", "otp", "cvv", "cvc", "cvn", "tan", "2fa", "code", "one-time password"),
        re.compile(r"(?i)(?<![a-su-z])[a-z0-9 -]{3,17}?[\s\"'`\\\]=:%&＝：]"),
        (
            _form(
                r"(?<![a-su-z])(?P<key>pin|otp|cvv2?|cvc2?|cvn|tan|2fa|code|one-time password)"
                rf"(?:{BETWEEN}\s?{QUOTE}?|\s(?:is\s|code\s)?)(?P<value>\d{{3,8}})(?![\w.])",
                _short_code,
            ),
        ),
    ),
)
