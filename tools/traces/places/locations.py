"""How paths are printed."""

import re
from typing import Final

LANGUAGES: Final = {
    "py": "python", "js": "javascript", "jsx": "javascript", "ts": "javascript", "tsx": "javascript", "mjs": "javascript",
    "cjs": "javascript", "vue": "javascript", "java": "java", "kt": "java", "scala": "java", "groovy": "java", "kts": "java",
    "clj": "java", "cljc": "java", "php": "php",
    "rb": "ruby", "erb": "ruby", "go": "go", "cs": "csharp", "rs": "rust", "ex": "elixir", "exs": "elixir", "erl": "elixir",
}  # fmt: skip
"""The language that a file's ending tells."""
_OF_PACKAGE: Final = {
    **dict.fromkeys(("java", "javax", "jakarta", "kotlin", "kotlinx", "scala", "android"), "java"),
    **dict.fromkeys(("System", "Microsoft"), "csharp"),
}
_DOMAINS: Final = frozenset(
    {
        "com", "org", "net", "io", "edu", "gov", "mil", "info", "biz", "name", "de", "fr", "ru", "cn", "uk", "us", "eu", "jp", "br",
        "nl", "ch", "at", "it", "es", "pl", "cz", "se", "no", "fi", "dk", "be", "co", "dev", "me", "in", "tv", "cc"
    }
)  # fmt: skip
"""Packages of Java's family begin with a domain that is turned round, or with these names. `app` may be anybody's."""
_OF_JAVA: Final = frozenset(
    {
        "java", "javax", "jakarta", "jdk", "sun", "kotlin", "kotlinx", "scala", "akka", "play", "groovy", "groovyx", "clojure",
        "kafka", "reactor", "feign", "okhttp3", "retrofit2", "hudson", "jenkins", "rx", "dagger", "junit", "liquibase", "spark",
        "android", "androidx", "dalvik", "libcore"
    }
)  # fmt: skip
_REVERSED: Final = _DOMAINS | _OF_JAVA | {"app"}
_LIBRARY: Final = re.compile(
    r"([a-z]\w*)(?:\.[a-z_]\w*){0,6}\.[A-Z]\w*(?:Error|Exception|Warning|Timeout|DoesNotExist|NotFound)$"
)
_NOWHERE = frozenset(
    {"", "n/a", "native", "<anonymous>", "internal", "unknown", "[internal function]", "[native code]"}
)


_PYTHONIC: Final = re.compile(r"(?:[a-z_]\w*\.){1,4}?(?:exc|exceptions|errors?)\.[A-Z]\w*$")
"""Modules of exceptions are named so in Python."""


def language_of_type(name: str | None) -> str | None:
    """The language whose own library an error's type belongs to, by the name of its package."""
    package = (name or "").partition(".")[0]
    if "." not in (name or ""):
        return None
    library = _LIBRARY.match(name or "")
    pythonic = package not in _DOMAINS and _PYTHONIC.match(name or "") is not None
    python = pythonic or (library is not None and library[1] not in _REVERSED)
    return _OF_PACKAGE.get(package) or ("python" if python else None)


def begins_as_java(name: str) -> bool:
    """Whether a package of Java's family begins so."""
    package, _, rest = name.partition(".")
    return package in _DOMAINS or (package in _OF_JAVA and "." in rest)


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
