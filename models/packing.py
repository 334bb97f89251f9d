"""Prompts for models with little context: the parts that are needed least are shortened first, with a word about it."""

import re
from typing import Final

from models.door import Prompt

_SHARES: Final = (0.5, 0.2, 0.05)  # of a part, what is left of it in the first, second and third round
_NOTE: Final = "[... {} characters left out, for which this model has no room ...]"
_NOTE_ROOM: Final = len(_NOTE) + 8  # with its number and line breaks


def packed(prompt: Prompt, characters: int) -> Prompt:
    """Return the prompt with at most about `characters`, as far as its parts in `least_needed` allow that.

    A part is what stands between `<tag>` and `</tag>`. Its middle is left out, its beginning and its end remain.
    """
    excess = len(prompt.system) + len(prompt.user) - characters
    user = prompt.user
    for share in _SHARES:
        for tag in prompt.least_needed:
            if excess <= 0:
                break
            shortened = _shortened(user, tag, excess, share)
            excess -= len(user) - len(shortened)
            user = shortened
    return prompt if user == prompt.user else prompt.model_copy(update={"user": user})


def _shortened(text: str, tag: str, excess: int, share: float) -> str:
    """Return `text` with every part of that tag shortened, by `excess` characters in all, but to no less than `share`."""

    def cut(part: re.Match[str]) -> str:
        nonlocal excess
        inner = part[2]
        left_out = min(excess + _NOTE_ROOM, len(inner) - int(len(inner) * share))
        if excess <= 0 or left_out <= _NOTE_ROOM:
            return part[0]
        kept = len(inner) - left_out
        head = kept * 2 // 3
        shown = f"{inner[:head]}\n{_NOTE.format(left_out)}\n{inner[len(inner) - (kept - head) :]}"
        excess -= len(inner) - len(shown)
        return f"{part[1]}{shown}{part[3]}"

    return re.sub(rf"(<{tag}>\n)(.*?)(\n</{tag}>)", cut, text, flags=re.DOTALL)
