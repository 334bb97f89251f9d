"""Secrets in a list next to a key: `"password": ["..."]`, as frameworks print a form whose fields may come twice."""

import re
from typing import Final

from tools.text.assignment import QUOTED
from tools.text.rule import PLACEHOLDER
from tools.text.secret_checks import is_code, is_strong

_ITEM: Final = re.compile(rf"(?<!\\){QUOTED}|(?P<bare>[^\s,\"'`&\\]{{1,1000}}+)")
_TELLS: Final = re.compile(
    r"(?i)\b(?:must|should|required?|cannot|can't|can not|may not|too|not|isn't|invalid|don't|match|at least|already"
    r"|incorrect|wrong|empty|blank|common)\b"
)
_HIDDEN: Final = re.compile(r"(?i)filtered|redacted|removed|protected")
_FEWEST_WORDS: Final = 3


def without_listed(listed: str, stem: str, kind: str, between: str) -> str:
    """The list with placeholders for its secrets. What is wrong with a field is told in such a list too, and stays."""

    def judged(item: re.Match[str]) -> str:
        name = "bare" if item["value"] is None else "value"
        return item[0].replace(item[name], f"{PLACEHOLDER}{kind}>") if _is_secret(item[name], name) else item[0]

    def _is_secret(value: str, name: str) -> bool:
        if _is_told(value) or _HIDDEN.fullmatch(value) or (stem.lower().endswith("tokens") and not is_strong(value)):
            return False
        return not is_code(stem, between, value, quoted=name == "value", following="")

    return listed if PLACEHOLDER in listed or _is_told(listed.strip("\"' ")) else _ITEM.sub(judged, listed)


def _is_told(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS and _TELLS.search(text) is not None
