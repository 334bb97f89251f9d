"""Secrets that quotes of three, a part of a form, lines up to a word or a call enclose: `password = \"\"\"x7Gh2kPq9\"\"\"`."""

import re
from typing import Final

from tools.text.assignment import BETWEEN, QUOTE, QUOTED
from tools.text.rule import PLACEHOLDER, KeyedReplacement, masked
from tools.text.secret_checks import is_code, is_strong
from tools.text.secret_names import kind_of_secret, secret_name, text_before

_BREAK: Final = r"(?:\r?\n|(?:\\r)?\\n)"
_TRIPLE: Final = (
    rf"{BETWEEN}[ \t]{{0,8}}[a-zA-Z]{{0,2}}(?P<triple>\"{{3}}|'{{3}})\s{{0,40}}"
    r"(?P<value>(?:(?!(?P=triple))[^\n]){1,2000}+)\s{0,40}(?P=triple)"
)
_LINES: Final = (
    r"(?:[ \t]{0,8}[:=]{1,2}[ \t]{0,8})?<<[-~]?[\"']?(?P<end>[A-Za-z_]\w{0,30}+)[\"']?[ \t]{0,8}\r?\n[ \t]{0,40}"
    r"(?P<value>[^\s]{1,1000}+)[ \t]{0,8}\r?\n[ \t]{0,40}(?P=end)\b"
)
_PART: Final = (
    rf"{QUOTE}[ \t]{{0,8}}{_BREAK}(?:[A-Z][\w-]{{1,40}}: ?[^\r\n\\]{{1,200}}+{_BREAK}){{0,4}}{_BREAK}"
    r"(?P<value>[^\r\n\\]{1,1000}+)"
)
_SET: Final = rf"\.(?:set_?(?:value|text)?|send_?keys|fill|type|put)\([ \t]{{0,4}}{QUOTED}(?=[ \t]{{0,4}}\))"
_MADE: Final = rf"(?:\.|::)(?:new|of|from|create|build|parse|wrap|value_?of|from_?string)\([ \t]{{0,4}}{QUOTED}"
_FORM_DATA: Final = re.compile(r"(?i)form-data;\s{0,4}name=\\{0,3}\"\Z")
_CONTROL: Final = re.compile(r"(?i)(?:field|input|box|edit)\Z")
_NAMED: Final = re.compile(r"(?i)\bname=\\{0,3}\"\Z")


def _enclosed(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `password = \"\"\"...\"\"\"` and between `PASSWORD<<EOF` and `EOF`."""
    stem = secret_name(key)
    if not stem or is_code(stem, "=", found["value"].strip(), quoted=True, following=""):
        return found[0]
    return masked(found, kind_of_secret(stem))


def _in_part(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the line below `form-data; name="password"`; in what may be a page of HTML only a generated one."""
    before, value = text_before(key), found["value"]
    told = _FORM_DATA.search(before) is not None or (_NAMED.search(before) is not None and is_strong(value))
    stem = secret_name(key) if told and not value.startswith(PLACEHOLDER) else ""
    return masked(found, kind_of_secret(stem)) if stem else found[0]


def _set(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the generated argument of `password.setValue("...")`."""
    name = secret_name(key) or (key["stem"] if _CONTROL.search(key[0]) else "")
    stem = name if is_strong(found["value"]) and " " not in found["value"] else ""
    return masked(found, kind_of_secret(stem)) if stem else found[0]


ENCLOSED: Final[tuple[tuple[re.Pattern[str], KeyedReplacement], ...]] = (
    (re.compile(f"(?i){_TRIPLE}"), _enclosed),
    (re.compile(_LINES), _enclosed),
    (re.compile(_PART), _in_part),
    (re.compile(f"(?i){_SET}"), _set),
    (re.compile(f"(?i){_MADE}"), _set),
)
"""Tried after the name of a secret."""
