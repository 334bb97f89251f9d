"""The text that Nextcloud's log viewers copy: places, each with the call made there on a line below."""

import re
from collections.abc import Sequence
from typing import Final

_PLACE: Final = re.compile(r"\s*(\d{1,4})\. (\S.{0,800}?)(?: line (\d{1,9}))?$")
_HEADING: Final = re.compile(r"\s{0,8}(\S.{0,800}\.php) - line (\d{1,9}):$")
_CALL: Final = re.compile(r"\s{1,12}([\w\\{}]{1,300}(?:(?:->|::)[\w{}\\]{1,200})?\(.*)$")
_ORIGIN: Final = re.compile(r"^(?:\[[\w.-]{1,60}\] )?(?:Fatal|Error|Warning|Info|Debug): (?=\S{1,300}: )")


def as_php_prints(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with the viewer's rows in PHP's own form; as many lines as before."""
    plain = list(lines)
    _rewrite_places(plain)
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


def _rewrite_places(plain: list[str]) -> None:
    """`/srv/a.php - line 130:`, a blank line, and the call made there."""
    rows = 0
    for index, line in enumerate(plain):
        place = _HEADING.match(line) if " - line " in line else None
        below = next((at for at in range(index + 1, min(index + 4, len(plain))) if plain[at].strip()), None)
        if place is None or below is None or _HEADING.match(plain[below]):
            continue
        plain[index], plain[below] = f"#{rows} {place[1]}({place[2]}): {plain[below].strip()}", "#"
        rows += 1


def _rewrite_header(plain: list[str], first: int) -> None:
    """`[app] Error: Type: message at <<closure>>`, up to three lines above the first row."""
    for index in range(first - 1, max(first - 4, -1), -1):
        if plain[index].strip():
            text = plain[index].strip().removesuffix(" at <<closure>>")
            plain[index] = _ORIGIN.sub("", text)
            return
