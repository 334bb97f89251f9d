"""Text that was copied out of a page, a forum or a report in XML: entities, line breaks, links and the tags around it are undone."""

import html
import re
from typing import Final

from tools.traces.unwrap.xml_events import CUE, without_elements

_ESCAPED: Final = re.compile(r"&quot;|&apos;|&#0?39;|&#x27;|&#x60;|&[lg]t;", re.MULTILINE)
_CELL: Final = re.compile(
    r"^\|(?:[^|\n]{0,200}\|){0,8}?([^|\n]{0,4000}<br ?/?>[^|\n]{0,20000})\|.{0,400}$", re.MULTILINE
)
_BREAK: Final = re.compile(r"<br ?/?>\n?")
_NAMES: Final = (
    r"(?:pre|code|samp|tt|p|div|span|li|ul|td|tr|font|blockquote|details|summary|failure|error|message|stacktrace"
    r"|stack-trace|system-out|system-err|exception|textarea|output|testcase|testsuites?|rerunFailure|flakyFailure|rerunError|flakyError)"
)
_OPENING: Final = re.compile(
    rf"^[^\S\n]{{0,80}}+(?:<{_NAMES}(?:\s(?:\"[^\"<\n]{{0,4000}}+\"|[^<>\"\n]){{0,400}}+)?>|<!\[CDATA\[)+", re.MULTILINE
)
_REPORT: Final = re.compile(r"<(?:failure|error) [^>\n]{0,200}\bmessage=")
_MESSAGE: Final = re.compile(r"<(?:failure|error)\s[^<\n]{0,200}?\bmessage=\"([^\"<\n]{1,4000}+)\"")
_INSIDE: Final = 4_000
_FORUM: Final = re.compile(
    r"\[/?(?i:code|quote|pre|noparse|log|spoiler)(?:=[^\]\n]{0,60})?\]|\{(?:code|noformat|quote)(?::[^}\n]{0,60})?\}"
)
_SUN: Final = re.compile(r"^\[#\|(\d{4}-[\dT:.+-]{8,30})\|([A-Z]{3,10})\|(?:[^|\n]{0,300}\|){2,6}\n?", re.MULTILINE)
_END_OF_SUN: Final = re.compile(r"\|#\][ \t]{0,9}\n(?:[ \t]{0,9}\n)?|\|#\]$", re.MULTILINE)
"""What a server of Sun's puts around each record."""
_LINK: Final = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\(https?://[^()\s]{1,600}\)")
_CLOSING: Final = re.compile(rf"(?:\]\]>|</{_NAMES}>){{1,20}}+[ \t]{{0,80}}+$", re.MULTILINE)


def without_markup(text: str) -> str:
    """The words of a page. Tags stand at a line's ends; `<module>` and `<init>` are names and stay."""
    report = False
    text = without_elements(text) if CUE in text else text
    if "<" in text:
        if "<br" in text:
            text = _CELL.sub(r"\1", text)
            text = _BREAK.sub("\n", text)
        report = _REPORT.search(text) is not None
        text = _OPENING.sub(_kept_of_tag, text)
        text = _CLOSING.sub("", text)
    if "[#|" in text:
        text = _END_OF_SUN.sub("\n", _SUN.sub(r"\1 \2 ", text))
    if "](http" in text:
        text = _LINK.sub(r"\1", text)
    if ("[/" in text or "{" in text) and _FORUM.search(text):
        text = _FORUM.sub("\n", text)
    if "&" in text and (report or _ESCAPED.search(text)):
        text = html.unescape(text)
    return text


def _kept_of_tag(tags: re.Match[str]) -> str:
    """The message that a tag of a report holds, unless what stands inside says it too."""
    said = _MESSAGE.search(tags[0]) if " message=" in tags[0] else None
    message = html.unescape(said[1]).strip() if said else ""
    inside = html.unescape(tags.string[tags.end() : tags.end() + _INSIDE])
    return f"{said[1]}\n" if said and message and message not in inside else ""
