"""Whether a text spells a value out, as a value and not as a part of longer words."""

import re
from functools import lru_cache

from tools.text.identifiers import KEYWORDS, STOCK


def spells_out(text: str, value: str) -> bool:
    """Return whether `value` stands in `text`: a word not inside of another one (`date` in `update`), and a word that
    every text has (`for`, `type`) only in quotation marks."""
    return value in text and _pattern(value).search(text) is not None


@lru_cache(maxsize=1024)
def _pattern(value: str) -> re.Pattern[str]:
    plain = re.escape(value)
    if value.lower() in STOCK or value in KEYWORDS:
        return re.compile(rf"([\"'`]){plain}\1")
    before = r"(?<!\w)" if value[0].isalnum() else ""
    after = r"(?!\w)" if value[-1].isalnum() else ""
    return re.compile(f"{before}{plain}{after}")
