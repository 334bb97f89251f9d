"""Secrets that a sentence tells: `the password is x7Gh2kPq9`, `password for user u: x7Gh2kPq9`, `password (x7Gh2kPq9)`."""

import re
from typing import Final

from tools.text.rule import PLACEHOLDER, KeyedReplacement, masked, word_before
from tools.text.secret_checks import is_random, is_strong
from tools.text.secret_names import kind_of_secret, secret_name

WORD: Final = r"(?P<quote>[\"'])?(?P<value>(?(quote)[^\"'\n]{1,400}+|[^\s\"'|;&<>]{1,400}+))"
"""One word, or what stands in quotes."""
_DIGIT_OR_SIGN: Final = re.compile(r"[\d!@#$%^&*+=]")
_STORES: Final = ("store", "key")
"""What keytool and jarsigner protect: `-storepass`, `-keypass`."""


def _in_sentence(key: re.Match[str], found: re.Match[str]) -> str:
    """Mask the value in `the password is x7Gh2kPq9` or `password "x7Gh2kPq9"`."""
    stem, value = key["stem"].lower(), found["value"].rstrip(".,:;!?)]")
    before = word_before(key.string, key.start())
    if stem in ("pw", "creds") or (stem == "pass" and before.lower() not in _STORES):
        return found[0]
    quoted = found["quote"] is not None and " " not in value and _DIGIT_OR_SIGN.search(value) is not None
    made_up = is_strong(value) or (quoted and len(value) > 5)
    named = before[-1:] == "_" and len(value) >= 12 and secret_name(key) != ""  # `deploy_token x7Gh2kPq9`
    if kind_of_secret(stem) != "password" and not is_random(value) and not named:
        made_up = is_strong(value) and len(value) >= 20
    return masked(found, kind_of_secret(stem), value=value) if made_up and PLACEHOLDER not in value else found[0]


TOLD: Final[tuple[tuple[re.Pattern[str], KeyedReplacement], ...]] = tuple(
    (re.compile(f"(?i){pattern}"), _in_sentence)
    for pattern in (
        rf"[\"']?[ \t]{{1,3}}(?:(?:is|was|of|ist|lautet|to|set|provided|:)[ \t:]{{1,3}}){{0,2}}(?=\S{{0,80}}[\d!@#$%^&*+=]){WORD}",
        r"[ \t]for[ \t](?:(?:user|account)[ \t])?(?:'[^'\n]{1,200}'|\"[^\"\n]{1,200}\"|[\w.@-]{1,80}):[ \t]{1,3}"
        + WORD,
        r"[ \t]\((?P<quote>[\"'])?(?P<value>[^\s()\"']{6,200}+)[\"']?\)",
    )
)
"""What may stand behind the name of a secret."""
