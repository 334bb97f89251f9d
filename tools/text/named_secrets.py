"""Secrets next to a key: `password=...`, `'secret' => '...'`, `"api_key": "..."`, encoded or not.

Keys and structure stay, so that a reader still sees *that* a password was there, and code stays readable: a name, a
call or an attribute on the right of `token =` is not a secret.
"""

import re
from typing import Final

from tools.text.arrow_secrets import ARROW, PLAIN, at_arrow, between_brackets
from tools.text.assignment import BARE, BETWEEN, LISTED, OPENED, QUOTE, QUOTED
from tools.text.enclosed_secrets import ENCLOSED
from tools.text.listed_secrets import without_listed
from tools.text.rule import PLACEHOLDER, Anchored, KeyedReplacement, masked, word_before
from tools.text.secret_checks import is_about_secret, is_code, is_hexadecimal, is_random, is_strong
from tools.text.secret_names import (
    IN_OTHER_LANGUAGES,
    OTHER_WORDS,
    kind_of_secret,
    names_secret,
    secret_name,
    text_before,
)
from tools.text.told_secrets import TOLD, WORD

_STEM: Final = (
    r"(?P<stem>(?:passw(?:or)?d|pass[ -]?phrase|(?<![a-z0-9])pw|creds|passcode|kennwort|passwort|contrase[ñn]a|mot[ _-]?de[ _-]?passe|pwd"
    rf"|secret|token|{IN_OTHER_LANGUAGES}"
    r"|credential|session[_-]?id|sessid|csrf|xsrf|masterauth|key|pass)s?(?-i:(?![a-z])))"
)
_TYPED: Final = r"(?:(?:!!(?:str|binary)|!vault|&[\w-]{1,40}|(?-i:Just|Some))[ \t]{1,3})"
"""A tag or an anchor of YAML, or Haskell's constructor, before a bare value."""
_SIGN: Final = re.compile(r"[^\w\s]")
_DIGIT: Final = re.compile(r"\d")
_PADDING: Final = re.compile(r"^base64:|%2[BbFf]|%3[Dd]|[^A-Za-z0-9]")
_PRINTED: Final = re.compile(r"%[a-zA-Z]\W*+")
"""Where a value will be printed."""
_ENDS = re.compile(r"%(?:25)?(?:26|22|27|2[Cc]|7[Dd])")


def _assigned(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value of `key = value`, unless it is code or has no content."""
    stem = secret_name(key)
    if not stem:
        return found[0]
    name = next(each for each in ("value", "bare", "cut") if found[each] is not None)
    quoted = name == "value"
    value = found[name] if quoted else found[name].rstrip("]")  # of a list around it: `['password' => null]`
    between = found[0][: found.start(name) - found.start()]
    if "%" in between and not quoted:
        value = _ENDS.split(value)[0]
    if between == ":" and text_before(key, 1) == ":":  # names: `arn:aws:secretsmanager:eu-west-1:1:secret:db`
        return found[0]
    if stem.lower() == "pass" and ":" in between and (stem != "pass" or not is_strong(value)):  # `PASS: TestLogin`
        return found[0]
    following = found.string[found.end() : found.end() + 1]
    name_of = stem + key[0][len(key["stem"]) :]
    if _PRINTED.fullmatch(value) or is_code(name_of, between, value, quoted=quoted, following=following):
        return found[0]
    if not quoted and following in (",", ")") and _is_argument(key, value):
        return found[0]
    return masked(found, kind_of_secret(stem), name, value)


def _is_argument(key: re.Match[str], value: str) -> bool:
    """Return whether a bare word is a variable's name, as in `login(user=u, password=raw)`."""
    start = key.start() - len(word_before(key.string, key.start()))
    before = key.string[max(0, start - 4) : start].rstrip(" ")
    return value.replace("_", "").isalpha() and before.endswith(("(", ","))


def _in_call(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the argument in `define('AUTH_KEY', '...')` or `setPassword("...")` when it looks generated."""
    value = found["value"]
    made_up = len(value) >= 20 and len(set(value)) > 12 and _SIGN.search(value) and _DIGIT.search(value)
    if not (made_up or (is_strong(value) and " " not in value)) or value.startswith(PLACEHOLDER):
        return found[0]
    stem = secret_name(key)
    return masked(found, kind_of_secret(stem)) if stem else found[0]


def _in_list(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the values in `password: ["..."]`."""
    stem, at = secret_name(key), found.start("listed") - found.start()
    if not stem or is_about_secret(stem + key[0][len(key["stem"]) :].removesuffix("s"), stem):  # `password_hashers`
        return found[0]
    listed, between = found["listed"], found[0][: at - 1]
    end = at + len(listed)
    return found[0][:at] + without_listed(listed, stem, kind_of_secret(stem), between) + found[0][end:]


def _binary(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `{password,<<"...">>}`, Erlang's pair."""
    stem = secret_name(key)
    if not stem or is_code(stem, "=", found["value"], quoted=True, following=""):
        return found[0]
    return masked(found, kind_of_secret(stem))


def _below(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask a generated value alone on the line below `password:`."""
    stem = secret_name(key) if is_strong(found["value"]) else ""
    return masked(found, kind_of_secret(stem)) if stem else found[0]


_COUNTED = re.compile(r"s:\d{1,4}:\\?\"\Z")


def _serialized(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `s:8:"password";s:10:"...";`, PHP's serialised form."""
    stem = secret_name(key) if _COUNTED.search(text_before(key)) else ""
    return masked(found, kind_of_secret(stem)) if stem and not found["value"].startswith(PLACEHOLDER) else found[0]


_NAME_OF_PAIR = re.compile(
    rf"(?i)\b(?:name|key|id){BETWEEN}[ \t]?{QUOTE}?(?:\w[\w-]{{0,30}}(?:\[\w{{1,20}}\])?\.){{0,9}}\Z"
)
_LONGEST_NAME: Final = 150  # characters of a name with dots before its last part: `hibernate.connection.password`


def _in_pair(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `name="password" value="..."`."""
    stem = secret_name(key) if _NAME_OF_PAIR.search(text_before(key, _LONGEST_NAME)) else ""
    if not stem or is_code(key[0], "=", found["value"], quoted=True, following=""):
        return found[0]
    return masked(found, kind_of_secret(stem))


_OPENED = re.compile(r"(?:<|&lt;)(?:[\w-]{1,20}:)?\Z")


def _element(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the text in `<password>...</password>`."""
    before = text_before(key)
    cell, value = found.groupdict().get("cell"), found["value"]
    opened = cell or (_OPENED.search(before) and not before.endswith(PLACEHOLDER))
    # A sentence in `<string name="password">` is what an app shows.
    named = found["quote"] and " " not in value and _NAME_OF_PAIR.search(text_before(key, _LONGEST_NAME))
    stem = secret_name(key) if named or (opened and not found["quote"]) else ""
    if not stem or is_code(key[0], "=", value, quoted=True, following=""):
        return found[0]
    return masked(found, kind_of_secret(stem))


def _option(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `--password x7Gh2kPq9`, unless it is an option, a variable or a description."""
    value = found["value"]
    stem = secret_name(key) if word_before(key.string, key.start()).startswith("-") else ""
    if not stem or value[0] in "-$" or (value.isupper() and value.isalpha()):
        return found[0]
    return found[0] if is_code(stem, "=", value, quoted=True, following="") else masked(found, kind_of_secret(stem))


_PUBLIC_KEY = re.compile(
    r"(?i)(?:public|pub|cache|primary|foreign|partition|sort|idempotency|routing|host|row|object|lookup|index|unique"
    r"|natural|group|map|hash|translation|message|i18n)[_-]?\Z"
)
_ENCRYPTING = re.compile(r"(?i)[?&]\Z|crypt|cipher|secret")


def _of_any_key(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value of any other key or signature when it can only be generated."""
    value, prefix = found["value"], word_before(key.string, key.start())
    if key[0].lower() in ("key", "salt"):
        alone = not prefix and not _ENCRYPTING.search(key.string, max(0, key.start() - 60), key.start())
        if alone or _PUBLIC_KEY.search(prefix):
            return found[0]
    packed = _PADDING.sub("", value)
    mixed = sum(map(str.isdigit, packed)) > 1 and sum(map(str.isalpha, packed)) > 1
    return masked(found, "secret") if mixed and (is_random(packed) or is_hexadecimal(packed)) else found[0]


_CODE_BEFORE = re.compile(r"(?i)(?:verification|security|one[ _-]?time|mfa|2fa|sms|login|backup|recovery)[ _-]?\Z")


def _short_code(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask a one-time code of a few digits."""
    word = key[0].lower()
    if word == "code" and not _CODE_BEFORE.search(key.string, max(0, key.start() - 14), key.start()):
        return found[0]
    return masked(found, "card" if word.startswith("cv") else "code") if _DIGIT.search(found["value"]) else found[0]


def _form(pattern: str, replacement: KeyedReplacement) -> tuple[re.Pattern[str], KeyedReplacement]:
    return re.compile(f"(?i){pattern}"), replacement


NAMED_SECRETS: Final = (
    Anchored(
        (
            "pass",
            "pwd",
            "pw",
            "creds",
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
            *OTHER_WORDS,
        ),
        re.compile(rf"(?i){_STEM}[\w-]{{0,24}}+"),
        (
            _form(r"\\?\";s:\d{1,6}:\\?\"(?P<value>[^\"\\]{1,1000}+)", _serialized),
            _form(
                rf"{QUOTE}?[\s,/]{{1,40}}+(?:[a-z-]{{1,20}}={QUOTE}[\w-]{{0,40}}{QUOTE}\s{{1,3}}){{0,3}}"
                rf"{QUOTE}?value{BETWEEN}[ \t]?{QUOTE}?(?P<value>[^\s\"'&<>{{]{{3,500}}+)",
                _in_pair,
            ),
            _form(
                rf"(?P<quote>{QUOTE})?(?:\s[^<>&]{{0,300}}+)?(?:>|&gt;)\s{{0,20}}(?:<|&lt;)!\[CDATA\[\s{{0,20}}"
                r"(?P<value>[^\s\]][^\]\n]{0,1000}+)\]\]",
                _element,
            ),
            _form(
                rf"(?P<quote>{QUOTE})?"
                r"(?:\s[^<>&]{0,300}+)?(?:>|&gt;|(?P<cell></t[dh]>\s{0,20}<td[^<>]{0,80}>))\s{0,20}(?P<value>[^<>&\s][^<>&\n]{0,1000}+)\s{0,20}(?:<|&lt;)/",
                _element,
            ),
            _form(
                rf"{BETWEEN}(?:\s{{0,40}}{OPENED}?{QUOTED}"
                rf"|(?:[ \t]?[|>][-+]?[ \t]{{0,4}}\r?\n[ \t]{{1,40}}|[ \t]{{0,8}}(?:\\\r?\n[ \t]{{0,40}})?{_TYPED}?)(?!{QUOTE}){BARE}"
                rf"|[ \t]{{0,8}}{QUOTE}(?P<cut>[^\s\"'&,;)}}\\`]{{1,200}}+))",
                _assigned,
            ),
            _form(LISTED, _in_list),
            _form(rf"{QUOTE}?(?:>>)?\s?,\s{{0,4}}<<{QUOTED}", _binary),
            _form(
                rf"{QUOTE}?[:=][ \t]{{0,4}}(?:\r?\n|\\n)(?:[ \t]{{1,40}}(?:-[ \t])?|-[ \t])[\"']?(?P<value>[^\s\"'&,;)}}\\`]{{6,400}}+)"
                r"(?=[\"']?[ \t]{0,4}(?:\r?\n|\\n|\Z))",
                _below,
            ),
            _form(rf"{QUOTE}?\]?{ARROW}(?:{OPENED}?{QUOTED}|{PLAIN})(?!::|[(\[.])", at_arrow),
            _form(
                rf"{BETWEEN}[ \t]{{0,8}}(?:~[sc]|%[qw]?|q[qw]?'?|R\"\w{{0,16}}|\[={{0,4}}|(?<==)(?=\{{))[(\[{{|<]"
                r"(?P<value>[^\s()\[\]{}|<>]{3,400}+)[)\]}|>]",
                between_brackets,
            ),
            *ENCLOSED,
            _form(rf"[ \t]{{1,3}}{WORD}", _option),
            _form(rf"{QUOTE}?\s{{0,2}}[,(]\s{{0,20}}{QUOTED}", _in_call),
            *TOLD,
        ),
        names_secret,
    ),
    Anchored(
        ("key", "salt", "auth", "sig", "hmac", "sid"),
        re.compile(
            r"(?:key|Key|KEY|salt|Salt|SALT)|(?i:(?:auth|(?<![a-z])(?:sig|hmac|sid))|signature(?:-\d{1,3})?)(?![a-z])"
        ),
        (
            _form(
                rf"{BETWEEN}[ \t]{{0,3}}{QUOTE}?(?:sha\d{{1,3}}=|v1=)?(?P<value>(?:[A-Za-z0-9+/_.~:-]|%2[BbFf]){{16,600}}+(?:=|%3[Dd]){{0,2}})",
                _of_any_key,
            ),
        ),
    ),
    Anchored(
        ("pin", "otp", "cvv", "cvc", "cvn", "tan", "2fa", "code", "one-time password"),
        re.compile(r"(?i)(?<![a-su-z])(?:pin|otp|cvv2?|cvc2?|cvn|tan|2fa|code|one-time password)"),
        (
            _form(
                rf"(?:{BETWEEN}\s?{QUOTE}?|\s(?:is\s|code\s)?)(?P<value>\d{{3,8}}|[a-z0-9]{{3,6}}(?:-[a-z0-9]{{3,6}}){{1,5}})(?![\w.-])",
                _short_code,
            ),
        ),
    ),
)
