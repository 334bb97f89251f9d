"""Types for the fields of a reply that a guided decoder can enforce, and how their strings are described to a server.

A reply must always parse, whatever the weights, and a real model must still be able to quote code in its reasons.
Measured with vLLM 0.32:

- llguidance (`backend: guidance`) reads both `maxLength` and `pattern` as JSON Schema defines them, escapes included,
  in 0.3 to 3 ms a token with 84,000 tokens: we host with it. `maxLength` bounds strings ("length", the default);
- xgrammar 0.2.8 lets control characters into such a string (`models.reply` can read them) and drops every escape;
  a pattern that spells out the escapes restores them, but costs 0.1 to 8 seconds a token with a real vocabulary;
- hosted servers may support patterns but no lengths: "pattern".

Every string, number and list is bounded, so that the longest possible reply is known (`max_tokens_of`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from models.loops import without_loop

# Non-ASCII letters and signs of at most three bytes: no white space, no line separators, no characters that override
# the writing direction, no surrogates, no private use.
_LETTERS = (
    "\u00a1-\u061b\u061d-\u167f\u1681-\u180d\u180f-\u1fff\u2010-\u2027\u2030-\u205e"
    "\u2070-\u2fff\u3001-\ud7ff\uf900-\ufefe\uff01-\uffee"
)
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Kind(StrEnum):
    """What a string contains, which decides the characters it may have."""

    LINE = "line"
    PROSE = "prose"
    CODE = "code"
    NAME = "name"
    HEX = "hex"


class Dialect(StrEnum):
    """How the bounds of a string are described to a server; see the docstring of the module."""

    LENGTH = "length"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Text:
    """A bounded string of a reply, used as `Annotated[str, prose(400)]`. Lengths are in characters.

    A string that is too long, from a server that counts differently, is cut; only a commit's id is then an error.
    `sentence`: people and agents read it, so it ends at a word, with "…", also where the server's decoder ended it.
    """

    kind: Kind
    longest: int
    shortest: int = 0
    sentence: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Clean the string after validation."""
        return core_schema.no_info_after_validator_function(self.clean, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add a mark that `models.json_schema` replaces with keywords of the server's dialect."""
        return {"type": "string", "x-text": [self.kind.value, self.shortest, self.longest]}

    def clean(self, text: str) -> str:
        """Return the string without control characters and outer blanks.

        Raises ValueError when it is too short, or is not hexadecimal although it must be.
        """
        text = text.replace("\r\n", "\n")
        text = text if self.kind is Kind.CODE else text.replace("\t", " ")
        text = text.replace("\n", " ") if self.kind in (Kind.LINE, Kind.NAME) else text
        text = _UNSAFE.sub("\ufffd", text)
        text = without_loop(text) if self.kind in (Kind.LINE, Kind.PROSE) else text
        stripped = text.strip("\n").rstrip() if self.kind is Kind.CODE else text.strip()
        text = stripped if len(stripped) >= self.shortest else text  # a string of blanks only stays as it is
        if self.kind is Kind.HEX and not re.fullmatch("[0-9a-f]*", text):
            raise ValueError("must be lower-case hexadecimal")
        if len(text) < self.shortest:
            raise ValueError(f"must have at least {self.shortest} characters")
        if len(text) > self.longest and self.kind is Kind.HEX:
            raise ValueError(f"must have at most {self.longest} characters")
        return _at_a_word(text, self.longest) if self.sentence else text[: self.longest]


def _at_a_word(text: str, longest: int) -> str:
    """The text; one that reaches `longest` and ends no sentence is taken as cut off there, and ends at its last word."""
    if len(text) < longest or (len(text) == longest and text.endswith((".", "!", "?", "…", ")", "`"))):
        return text
    words = text[: longest - 1].rpartition(" ")[0].rstrip(" ,;:-")
    return f"{words or text[: longest - 1]}…"


def line(longest: int, shortest: int = 0) -> Text:
    """Return the type for one line of text that is copied or searched for: code, a pattern."""
    return Text(Kind.LINE, longest, shortest)


def sentence(longest: int, shortest: int = 0) -> Text:
    """Return the type for one line in an agent's own words, which may quote code."""
    return Text(Kind.LINE, longest, shortest, sentence=True)


def prose(longest: int, shortest: int = 0) -> Text:
    """Return the type for sentences that may quote code and contain line breaks."""
    return Text(Kind.PROSE, longest, shortest, sentence=True)


def code(longest: int, shortest: int = 0) -> Text:
    """Return the type for lines of code with their indentation."""
    return Text(Kind.CODE, longest, shortest)


def name(longest: int, shortest: int = 1) -> Text:
    r"""Return the type for a path or qualified name in code: `App\Http\Kernel::handle`, `src/a b/[id].tsx`."""
    return Text(Kind.NAME, longest, shortest)


def hexadecimal(longest: int, shortest: int) -> Text:
    """Return the type for lower-case hexadecimal digits, such as a commit's id.

    Raises ValueError for more than 128 digits: xgrammar's cache fails beyond.
    """
    if longest > 128:
        raise ValueError("at most 128 hexadecimal digits")
    return Text(Kind.HEX, longest, shortest)


Sentence = Annotated[str, sentence(240)]
Name = Annotated[str, name(160)]
Path = Annotated[str, name(240)]
LineNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Score = Annotated[int, Field(ge=0, le=10)]

_BREAKS = {Kind.LINE: "", Kind.PROSE: r"\n", Kind.CODE: r"\n\t", Kind.NAME: ""}


def keywords_of(kind: Kind, shortest: int, longest: int, dialect: Dialect) -> dict[str, str | int]:
    """Return the keywords of JSON Schema that bound a string.

    A pattern and a length are never combined: xgrammar refuses that.
    """
    if kind is Kind.HEX:
        return {"pattern": f"^[0-9a-f]{{{shortest},{longest}}}$"}
    if dialect is Dialect.PATTERN:
        return {"pattern": f"^[ -~{_BREAKS[kind]}{_LETTERS}]{{{shortest},{longest}}}$"}
    return {"minLength": shortest, "maxLength": longest} if shortest else {"maxLength": longest}
