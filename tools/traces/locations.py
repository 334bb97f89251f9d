"""How paths are printed."""

import re
from typing import Final

LANGUAGES: Final = {
    "py": "python", "js": "javascript", "jsx": "javascript", "ts": "javascript", "tsx": "javascript", "mjs": "javascript",
    "cjs": "javascript", "vue": "javascript", "java": "java", "kt": "java", "scala": "java", "groovy": "java", "php": "php",
    "rb": "ruby", "erb": "ruby", "go": "go", "cs": "csharp", "rs": "rust", "ex": "elixir", "exs": "elixir", "erl": "elixir",
}  # fmt: skip
"""The language that a file's ending tells."""
_OF_PACKAGE: Final = {
    **dict.fromkeys(("java", "javax", "jakarta", "kotlin", "kotlinx", "scala", "android"), "java"),
    **dict.fromkeys(("System", "Microsoft"), "csharp"),
}
_NOWHERE = frozenset(
    {"", "n/a", "native", "<anonymous>", "internal", "unknown", "[internal function]", "[native code]"}
)


_PYTHONIC: Final = re.compile(
    r"(?!(?:com|org|net|io|de|fr|uk)\.)(?:[a-z_]\w*\.){1,4}?(?:exc|exceptions|errors?)\.[A-Z]\w*$"
)
"""Modules of exceptions are named so in Python."""


def language_of_type(name: str | None) -> str | None:
    """The language whose own library an error's type belongs to, by the name of its package."""
    package = (name or "").partition(".")[0]
    if "." not in (name or ""):
        return None
    return _OF_PACKAGE.get(package) or ("python" if _PYTHONIC.match(name or "") else None)


def slashed(path: str) -> str:
    """The path with forward slashes; "" where the printer says that there is none."""
    path = path.strip().replace("\\", "/")
    return "" if path in _NOWHERE else path


def number(text: str | None) -> int | None:
    """A printed line or column; 0 and absurd numbers are none."""
    value = int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
    return value or None


def split_place(text: str) -> tuple[str, int | None, int | None]:
    """`path:line:column` or `path:line` -> its parts; a text that is neither is a path."""
    path, _, last = text.rpartition(":")
    if not path or number(last) is None:
        return slashed(text if number(last) is None and last != "0" else path), None, None
    before, _, middle = path.rpartition(":")
    if before and number(middle) is not None:
        return slashed(before), number(middle), number(last)
    return slashed(path), number(last), None
