"""What web servers and process managers print around the words of a program that they run."""

import re
from typing import Final

_SAID: Final = re.compile(
    r"(?:FastCGI sent in stderr: |said into (?:stderr|stdout): |AH0\d{4}: Got error |NOTICE: )(?=['\"]|PHP message: )"
)
_TAIL: Final = re.compile(
    r"(?s)[\"']?,? while (?:reading|sending|connecting|processing)[^\n]{0,60}(?:upstream|client|request).*$"
    r"|, pipe is broken.*$|, referer: \S{0,2000}$|\"?, client: [\d.:a-f]{3,45}, server: .*$"
)
_APART: Final = re.compile(r"(?:; ?)?PHP message: ")
_REFERER: Final = ", referer: "


def words_of_program(line: str) -> list[str] | None:
    """The lines that a program wrote, out of one line of nginx, Apache or php-fpm; None when it is none."""
    if _REFERER in line and " PHP " in line:
        return [_TAIL.sub("", line)]
    if "PHP message: " not in line and "said into std" not in line:
        return _end_of_record(line)
    said = _SAID.search(line)
    text = _TAIL.sub("", line[said.end() :] if said else line)
    quote = text[:1] if text[:1] in ("'", '"') else ""
    text = text[len(quote) :].removesuffix(quote) if quote else text
    parts = [part for part in _APART.split(text) if part]
    return parts or None


def _end_of_record(line: str) -> list[str] | None:
    """The last line of what a program wrote, behind which nginx tells of the request."""
    if " while reading" not in line or '"' not in line:
        return None
    shorter = _TAIL.sub("", line)
    return [shorter] if shorter != line else None
