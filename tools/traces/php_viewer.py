"""The text that Nextcloud's log viewer copies: numbered places, each with the call made there on the line below."""

import re
from collections.abc import Sequence
from typing import Final

_PLACE: Final = re.compile(r"\s*(\d{1,4})\. (\S.{0,800}?)(?: line (\d{1,9}))?$")
_CALL: Final = re.compile(r"\s{1,12}([\w\\{}]{1,300}(?:(?:->|::)[\w{}\\]{1,200})?\(.*)$")
_ORIGIN: Final = re.compile(r"^(?:\[[\w.-]{1,60}\] )?(?:Fatal|Error|Warning|Info|Debug): (?=\S{1,300}: )")


def as_php_prints(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with the viewer's rows in PHP's own form; as many lines as before."""
    plain = list(lines)
    for index, line in enumerate(lines[:-1]):
        place = _PLACE.match(line) if ". " in line[:20] else None
        call = _CALL.match(lines[index + 1]) if place else None
        if place is None or call is None:
            continue
        where = f"{place[2]}({place[3]})" if place[3] else "[internal function]"
        plain[index], plain[index + 1] = f"#{place[1]} {where}: {call[1]}", "#"
        if place[1] == "0":
            _rewrite_header(plain, index)
    return tuple(plain)


def _rewrite_header(plain: list[str], first: int) -> None:
    """`[app] Error: Type: message at <<closure>>`, up to three lines above the first row."""
    for index in range(first - 1, max(first - 4, -1), -1):
        if plain[index].strip():
            text = plain[index].strip().removesuffix(" at <<closure>>")
            plain[index] = _ORIGIN.sub("", text)
            return
