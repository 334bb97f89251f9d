"""Places that a sentence only mentions: whoever wrote it may have put them there, and nothing failed at them."""

import re
from typing import Final

_MENTIONED: Final = re.compile(
    r"(?<=[a-z] )(?<!\bat )(?<!\bin )(?<!\bon )(?<!\bby )(?<!\bfrom )(?<!\bfile )(?<!\bline )"
    r"(?<!\bnear )(?<!\binside )(?<!\binto )(?<!\band )[\w./\\<>~@+\-]{3,300}+:\d{1,7}"
    r"|\b(?:look|looks|looked|looking|saw|sees?|seen|check(?:ed)?|point(?:s|ed)|read|compare|stared?|glanced?)(?: [a-z]{1,12}){0,2}"
    r" (?:at|in|on|near|into|inside) [\w./\\<>~@+\-]{3,300}+:\d{1,7}"
    r"|\b[a-z]{2,30} [a-z]{2,30}: [\w./~@+\-]{3,300}+: line \d{1,7}"
)
"""A place right behind a word that leads to none: `see web/pay.ts:2`, or at which somebody looked; what a shell says in a sentence."""


def without_mentions(line: str) -> str:
    """The line without such places."""
    return _MENTIONED.sub("", line)
