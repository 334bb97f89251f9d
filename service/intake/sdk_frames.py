"""Exceptions and frames that a sender has parsed already -> a stack trace, without printing and reading it again."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from incidents.trace import Frame, StackTrace
from tools.traces.candidates import Draft
from tools.traces.error_tokens import tokens_of
from tools.traces.masking import redacted
from tools.traces.places.locations import slashed
from tools.traces.unwrap.php_frames import named as php_name


class SentFrame(NamedTuple):
    """One call; every text is on one line."""

    file: str
    line: int | None = None
    function: str = ""
    module: str = ""
    source: str = ""
    column: int | None = None


class Raised(NamedTuple):
    """One exception with its frames, the outermost call first."""

    type: str
    message: str
    frames: Sequence[SentFrame] = ()


_LANGUAGES: Mapping[str, str] = {
    **{name: name for name in ("php", "python", "javascript", "java", "go", "ruby", "csharp", "rust", "elixir")},
    **dict.fromkeys(
        ("node", "nodejs", "node.js", "browser", "browser-js", "rum-js", "js-base", "typescript"), "javascript"
    ),
    **dict.fromkeys(("kotlin", "scala", "android", "groovy"), "java"),
    **{"golang": "go", "dotnet": "csharp", ".net": "csharp", "c#": "csharp"},
}
"""Sentry's and Rollbar's platforms, Elastic's agents -> the language as our parsers call it."""
_ENDINGS = {
    **{
        "php": "php",
        "py": "python",
        "rb": "ruby",
        "go": "go",
        "cs": "csharp",
        "rs": "rust",
        "java": "java",
        "kt": "java",
    },
    **dict.fromkeys(("js", "mjs", "ts", "tsx", "jsx", "vue"), "javascript"),
    **{"ex": "elixir", "exs": "elixir"},
}
Name = tuple[str | None, str | None]
"""Function, and the class or module it belongs to."""


def trace_of(platform: str, raised: Sequence[Raised]) -> StackTrace | None:
    """The trace of a chain of exceptions, root cause first; None when it says nothing. Redacted."""
    telling = [each for each in raised if each.type or each.message or each.frames]
    if not telling:
        return None
    language = language_of(platform, telling)
    failures = redacted(_draft(language, each).failure() for each in telling)
    return StackTrace(language=language, failures=failures, tokens=tokens_of(each.message for each in failures))


def language_of(platform: str, raised: Sequence[Raised]) -> str | None:
    """The platform's language, else that of the innermost file; None when neither is known."""
    known = _LANGUAGES.get(platform.strip().lower())
    files = (frame.file for each in raised for frame in reversed(each.frames))
    return known or next(
        (_ENDINGS[end] for file in files if (end := file.rpartition(".")[2].lower()) in _ENDINGS), None
    )


def text_line(value: object) -> str:
    """On one line, so that no text can draw frames of its own."""
    return " ".join(str(value).split())[:2_000] if value is not None else ""


def line_number(value: object) -> int | None:
    """A line or column, also as text; None for what is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 9:
        value = int(value)
    return value if isinstance(value, int) and 0 < value < 10**7 else None


def headline(title: str) -> Raised:
    """`Type: message` as error trackers title an issue; without a type, all of it is the message."""
    found = _HEADLINE.match(title.strip())
    return Raised(found[1], found[2]) if found else Raised("", title.strip())


def titled(platform: str, title: str) -> StackTrace | None:
    """The error that an issue's title names; None when it names no type."""
    head = headline(title)
    return trace_of(platform, [head]) if head.type else None


def raised_by(platform: str, title: str) -> StackTrace | None:
    """The error that any title names: one may begin with any word and a colon, so the type must be called like one."""
    return titled(platform, title) if _RAISED.match(title.strip()) else None


_RAISED = re.compile(
    r"[\w.\\:$*]{0,200}(?:Error|Exception|Failure|Fault|Panic|Interrupt|Exit)\b:"
    r"|[A-Za-z_$][\w$]{1,100}(?:\.|::|\\)[\w.:\\$]{1,100}: "
)
_HEADLINE = re.compile(r"((?=[A-Z*]|\w+(?:[.\\]|::))[\w.\\:$*]{2,200}(?<!:)): (.*)$", re.DOTALL)


def _draft(language: str | None, raised: Raised) -> Draft:
    frames = [_frame(language, frame) for frame in reversed(raised.frames)]
    return Draft(raised.type or None, raised.message, [frame for frame in frames if frame.path or frame.function])


def _frame(language: str | None, sent: SentFrame) -> Frame:
    function, owner = _NAMES.get(language or "", _dotted)(sent.function, sent.module)
    path = slashed(sent.file)
    if language == "java" and path and "/" not in path:
        package = (sent.module or owner or "").rpartition(".")[0]
        path = "/".join(filter(None, (package.replace(".", "/"), path)))
    return Frame(
        path=path, line=sent.line, column=sent.column, function=function, class_name=owner, source=sent.source or None
    )


def _dotted(function: str, module: str) -> Name:
    """`Class.method` -> method and Class; what stands in <> has no name in the source."""
    name = re.sub(r"^.*<locals>\.|^(?:async |static )|\s*[\[{(].*$", "", function).strip()
    if name in ("?", "") or (name.startswith("<") and "." not in name):
        return (name or None) if name.startswith("<") else None, None
    owner, _, last = name.rpartition(".")
    return (last, owner or None) if last else (name, None)


def _php(function: str, module: str) -> Name:
    return (None, None) if function == "<main>" else php_name(function)


def _python(function: str, module: str) -> Name:
    return _dotted(function, module)


def _javascript(function: str, module: str) -> Name:
    if function.startswith("new "):
        return "constructor", function[4:].strip() or None
    return _dotted(function, module)


def _java(function: str, module: str) -> Name:
    owner, _, name = function.rpartition(".")
    owner = (owner or module).partition("$$")[0]
    inside = re.match(r"lambda\$(\w+)\$\d+$", name)
    name = inside[1] if inside else name
    return (re.split(r"[.$]", owner)[-1] if name == "<init>" else name) or None, owner or None


def _go(function: str, module: str) -> Name:
    name = re.sub(r"(?:\.(?:func|gowrap|deferwrap)?\d+)+$", "", function.rpartition("/")[2]).replace("[...]", "")
    if "/" in function or name.startswith(("main.", f"{module.rpartition('/')[2]}.")):
        name = name.partition(".")[2]
    owner, _, last = name.rpartition(".")
    return last or None, owner.strip("(*)") or None


def _ruby(function: str, module: str) -> Name:
    name = re.sub(r"^(?:(?:block|rescue|ensure|else)(?: \(\d+ levels\))? in )+", "", function)
    if name.startswith("<") or not name:
        return None, None
    owner, mark, last = name.rpartition("#" if "#" in name else ".")
    return (last, owner) if mark and owner and last else (name, module or None)


def _csharp(function: str, module: str) -> Name:
    name = re.sub(r"\s*[({\[].*$", "", function).rpartition(" ")[2].replace("+", ".")
    owner, _, last = name.rpartition(".")
    owner = (owner or module.partition(",")[0]).replace("+", ".")
    compiled = re.search(r"<(\w+)>", f"{owner}.{last}") if "<" in f"{owner}.{last}" else None
    owner = re.sub(r"\.?<[^.]*|`\d+", "", owner).strip(".")
    return (compiled[1] if compiled else last) or None, owner or None


def _rust(function: str, module: str) -> Name:
    name = re.sub(r"::h[0-9a-f]{16}$|::\{\{?closure[^}]*\}?\}|<[^<>]*>", "", function)
    owner, _, last = name.rpartition("::")
    return last or None, owner.strip(":") or module or None


def _elixir(function: str, module: str) -> Name:
    name = function.rpartition(" in ")[2]
    owner, _, last = (name.rpartition("/")[0] or name).rpartition(".")
    return last or None, (owner or module).removeprefix("Elixir.") or None


_NAMES: Mapping[str, Callable[[str, str], Name]] = {
    "php": _php,
    "python": _python,
    "javascript": _javascript,
    "java": _java,
    "go": _go,
    "ruby": _ruby,
    "csharp": _csharp,
    "rust": _rust,
    "elixir": _elixir,
}


def dict_frames(frames: Any, read: Callable[[Mapping[str, Any]], SentFrame]) -> list[SentFrame]:  # noqa: ANN401
    """The frames of any JSON; what is no object, or names neither file nor function, is left out."""
    found = [read(each) for each in frames if isinstance(each, Mapping)] if isinstance(frames, list) else []
    return [frame for frame in found if frame.file or frame.function]
