"""Text as a person reads it: no terminal escapes, no control or invisible characters, plain letters.

A search for names or secrets must use this text; otherwise a zero-width space inside a word hides the word.
"""

import re
import unicodedata

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt 15.0), the other format characters, and marks that
# only strike a letter through.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u0332-\u0338\u20d2\u20d3\u20e5\u20e6"
)
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9a\x9c-\x9f"
_HIDDEN = re.compile(f"[{_INVISIBLE}{_CONTROL}]")
# CSI, then OSC and similar (which must end on their line, or one could hide a whole log), then the short ones. Finally
# no escape character is left, so that removing text cannot form a new sequence.
_ESCAPE = re.compile(
    r"[\x1b\x9b]\[?[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b[\]PX^_][^\x07\x1b\n]{0,4000}+(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|[\x1b\x9b]"
)
_ESCAPE_IN_WORDS = re.compile(r"(?:\\u00[19]b|\\x[19]b|\\0?33|\\e|#033|\^\[)\[[0-9;]{0,20}m", re.IGNORECASE)
# A letter or a digit written as JSON may write any: nobody does but to hide it. All the backslashes go, and nothing is
# decoded inside of another escape, so that none can be pieced together.
_ESCAPED_LETTER = re.compile(
    r"(?<!\\u)(?<!\\u0)(?<!\\u00)(?<!\\u00[0-9A-Fa-f])\\{1,4}u00(3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])"
)
_STYLED = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff\u24b6-\u24e9]{3,}+")


def visible(text: str) -> str:
    """Return `text` without invisible characters. Line breaks and tabs stay; doing it twice changes nothing."""
    if "\x1b" in text or "\x9b" in text:
        # An invisible character inside an escape would leave a part of it. The bell ends an escape: removed last.
        text = _ESCAPE.sub("", _HIDDEN.sub(_bell_only, text))
    text = _HIDDEN.sub("", text)
    if "[" in text:
        text = _ESCAPE_IN_WORDS.sub("", text)
    if "\\u00" in text:
        text = _ESCAPED_LETTER.sub(lambda found: chr(int(found[1], 16)), text)
    return text if text.isascii() else _STYLED.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)


def _bell_only(found: re.Match[str]) -> str:
    return found[0] if found[0] == "\x07" else ""
