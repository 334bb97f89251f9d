"""How much a model can read: its context length as the server reports it, and how many characters of a prompt that is.

No tokenizer is needed: the characters of a token are learned from what the server counts, and until then a cautious
number holds.
"""

import re
from dataclasses import dataclass
from typing import Final

_FIRST_GUESS: Final = 3.0  # characters a token; code in English has 3.2 to 4 with the tokenizers of 2023 to 2026
_FEWEST: Final = 1.0  # languages without Latin letters
_MARGIN: Final = 0.95
_SMALLEST_REPLY: Final = 256
_REPLY_SHARE: Final = 3  # of the context, at most a third is kept for the reply
_OVERHEAD: Final = 64  # tokens of the chat template
_TOO_LONG: Final = re.compile(r"context|too long|too many tokens|n_ctx", re.IGNORECASE)
_NAMED: Final = re.compile(r"(?:n_ctx\W{1,5}|context (?:length|size)\D{1,30}?)(\d{3,7})", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{3,7}")
_SMALLEST: Final = 512  # no model has less; smaller numbers are the status of the answer


@dataclass(slots=True)
class ContextWindow:
    """The context of one model: `tokens` of prompt and reply together; None when it is not known, and then no limit."""

    tokens: int | None = None
    characters_per_token: float = _FIRST_GUESS
    _counted: bool = False

    def reply_tokens(self, longest: int) -> int:
        """Return how many tokens a reply may have, of `longest` wanted."""
        return longest if self.tokens is None else min(longest, max(self.tokens // _REPLY_SHARE, _SMALLEST_REPLY))

    def prompt_characters(self, reply: int) -> int | None:
        """Return how many characters a prompt may have beside a reply of so many tokens; None: any number."""
        if self.tokens is None:
            return None
        return max(0, int((self.tokens - reply - _OVERHEAD) * self.characters_per_token * _MARGIN))

    def counted(self, characters: int, tokens: int) -> None:
        """Learn from a prompt of so many characters that the server counted as so many tokens; the densest one holds."""
        if tokens < 100:  # the chat template would count for too much
            return
        seen = max(_FEWEST, characters / tokens)
        self.characters_per_token = min(seen, self.characters_per_token) if self._counted else seen
        self._counted = True

    def refused(self, complaint: str, characters: int) -> bool:
        """Learn from a server's complaint about a prompt of so many characters. Return whether it was about the length.

        Servers name the length they take ("maximum context length is 4096 tokens") and mostly that of the prompt.
        """
        if not complaint or not _TOO_LONG.search(complaint):
            return False
        numbers = [int(number) for number in (*_NAMED.findall(complaint), *sorted(_NUMBER.findall(complaint), key=int))]
        guess = self.tokens or int(characters / self.characters_per_token)
        limit = next((number for number in numbers if number >= _SMALLEST), guess)
        self.tokens = min(limit, self.tokens or limit)
        self.characters_per_token = max(_FEWEST, self.characters_per_token * 0.8)
        return True
