"""What a terminal, a page or a chat did to the characters of a text is undone before its lines are looked at."""

import re

from tools.traces.unwrap.markup import without_markup

MAX_CHARACTERS = 256_000
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[ -/]{0,5}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\^_])")
_ANSI_AS_TEXT = re.compile(
    r"(?:\^\[|←|#033|\\x1[bB]|\\u001[bB]|\\033|\\e)\[[0-9;]{0,20}m"
)  # as `cat -v` and syslog write it
_INVISIBLE = re.compile("[\ufeff\u200b]")
_CURLY = re.compile(r"File [“”„\"]([^“”\"\n]{1,500})[“”\"], line")
_FENCE = re.compile(
    r"(?<=[^\n`])```(?!`)|^```(?! {1,2}[a-z+#]{1,20}[ \t]*$)(?=[^\n`]*[^\n`\w])", re.MULTILINE
)  # beside words, as chats paste them
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


def clean(text: str) -> str:
    """At most MAX_CHARACTERS (head and tail), line ends unified, terminal escapes and control characters removed."""
    if len(text) > MAX_CHARACTERS:
        text = text[: MAX_CHARACTERS // 2] + "\n" + text[-(MAX_CHARACTERS // 2) :]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be stored anywhere
        text = _INVISIBLE.sub("", text)
        text = text.replace("\xa0", " ")  # the indent of AWS Lambda, and of what is copied from web pages
        text = text.replace("—-", "---")  # what a page made of three hyphens
        text = _CURLY.sub(r'File "\1", line', text)
    if "```" in text:
        text = _FENCE.sub("\n```\n", text)
    text = without_markup(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "[" in text and _ANSI_AS_TEXT.search(text):
        text = _ANSI_AS_TEXT.sub("", text)
    return _CONTROL.sub("", text)
