"""Secrets that an arrow, a comma in a pair, or brackets of a language lead to: `password -> x7Gh2kPq9`."""

import re
from typing import Final

from tools.text.rule import masked
from tools.text.secret_checks import is_code, is_strong
from tools.text.secret_names import kind_of_secret, secret_name, text_before

_ODD: Final = (
    r"(?P<odd>::|=[ \t]{1,3}=(?!=)|:[ \t]{1,4}-(?=[ \t])|;(?=[ \t]{0,4}[^\s;]{6,200}+[ \t]{0,8}(?:[\r\n]|\Z)))"
)
"""No language assigns so; people and tables do: `password::x`, `password = = x`, `password: - x`, `password; x`."""
ARROW: Final = (
    rf"(?:[ \t]{{0,8}}(?P<arrow>(?:-|(?<=-))(?:>>?|&gt;)|~>|<-|={{2}}>|[→⇒➜│┃║]|\||{_ODD})[ \t]{{0,8}}"
    r"|[ \t]\.[ \t]|,(?=[\w-]{6,200}+[)\]]))"
)
_IN_CODE: Final = re.compile(r"-?>{1,2}|-?&gt;|\|")
PLAIN: Final = r"(?P<bare>[\w!@#$%^&*+=/~-]{6,200}+)"
_GLUED: Final = re.compile(r"[A-Za-z]\d++[A-Za-z]++\d|[!@#$%^&*+=]")


def at_arrow(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `password -> x7Gh2kPq9`, `(password,x7Gh2kPq9)`. In code an arrow leads to a name, often with a number."""
    stem, name = secret_name(key), "value" if found["bare"] is None else "bare"
    if not stem or is_code(stem, "=", found[name], quoted=name == "value", following="") or _joins(key, found):
        return found[0]
    return masked(found, kind_of_secret(stem), name) if _is_made_up(found, name, kind_of_secret(stem)) else found[0]


def _joins(key: re.Match[str], found: re.Match[str]) -> bool:
    """Whether `.` or `,` joins two texts or parameters, as in `$token . 'utf8'`: a pair stands alone in its brackets."""
    return found["arrow"] is None and not text_before(key, 4).rstrip("\"'").endswith(("(", "["))


def _is_made_up(found: re.Match[str], name: str, kind: str) -> bool:
    value, arrow = found[name], found["arrow"] or "|"
    if found["odd"]:
        told = found["odd"] not in ("::", ";") or _GLUED.search(value) is not None
        return kind == "password" and told and is_strong(value)
    apart = found[0][:1].isspace() or not _IN_CODE.fullmatch(arrow)
    if kind == "password" and apart and name == "value" and arrow != "|":
        return True
    return is_strong(value) and (_GLUED.search(value) is not None or (apart and kind == "password"))


def between_brackets(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `password = %q(x7Gh2kPq9)` and `password: ~s(x7Gh2kPq9)`, the brackets of Ruby, Perl, Elixir and C++."""
    value = found["value"]
    alone = found[0] == "={" + value + "}"  # ODBC's, or a variable of a template: `password={password1}`
    stem = secret_name(key) if is_strong(value) and not (alone and not _GLUED.search(value)) else ""
    return masked(found, kind_of_secret(stem)) if stem else found[0]
