"""Which of the packages that a commit moved the failing execution passes through, or the error names."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tools.commits.dependencies import Moved
from tools.impact.failure_site import FailureSite

_COMMON_WORDS: Final = """
api apis app apps arity array base bundle cli client common commons component components config core css data
decode dev encode error errors event events express file files framework function functions get github gitlab
google handler helper helpers html http https index input java javascript json lang lib library libs loader main
manager maven message mock module node number object org output package parser path plugin plugins project
python rails react request response ruby sdk server service spring string test tests text tools type types
typescript util utils value version web x
"""
_IMPORTED_AS: Final = {
    "attrs": "attr", "beautifulsoup4": "bs", "gitpython": "git", "grpcio": "grpc", "mysqlclient": "my sqldb",
    "opencv-python": "cv", "opencv-python-headless": "cv", "pillow": "pil", "psycopg2-binary": "psycopg",
    "psycopg-binary": "psycopg", "pycryptodome": "crypto", "pyjwt": "jwt", "pymupdf": "fitz", "pyopenssl": "open ssl",
    "pyserial": "serial", "python-dateutil": "dateutil", "python-dotenv": "dotenv", "python-jose": "jose",
    "python-magic": "magic", "python-multipart": "multipart", "pyyaml": "yaml", "pyzmq": "zmq",
    "scikit-image": "skimage", "scikit-learn": "sklearn",
}  # fmt: skip
"""Packages that are imported by another name, that as `_normal` writes it."""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
_TOKEN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_READ: Final = 1_000  # characters of a message
_LOADING: Final = re.compile(
    r"cannot import name|no module named|cannot find (?:module|package)|require\(\) of ES Module|err_package_path_not_exported|"
    r"cannot load such file|(?:does not provide an|has no) export|package subpath",
    re.IGNORECASE,
)
"""A program that could not load a part of something: what that is lies in what was installed, not in the line that asks."""


@dataclass(frozen=True, slots=True)
class DependencyMatch:
    """A moved package with how surely the trace runs through it (1: the innermost frames, or what could not be loaded), and
    what says so."""

    moved: Moved
    value: float
    where: str


class _Text:
    """A text in which names of packages are looked for."""

    def __init__(self, text: str) -> None:
        self._words, self._in_parts = _spaced(text), _normal(text)

    def holds(self, form: str, *, whole: bool) -> bool:
        """Whether the name stands in it; with `whole` only as a name of its own: `getAnnotations` calls no package
        `annotations`."""
        return f" {form} " in (self._words if whole else self._in_parts)


class TraceVocabulary:
    """The names in a trace that can be a package's: paths and classes of its frames, types and messages."""

    def __init__(self, site: FailureSite, own: Callable[[str], bool]) -> None:
        self._own = own
        frames = site.trace.frames
        inner = next((n for n, frame in enumerate(frames) if frame.repo_path is not None), len(frames))
        foreign = [f"{f.path} {f.class_name or ''} {f.function or ''}" for f in frames if f.repo_path is None]
        types = " ".join(failure.type or "" for failure in site.trace.failures)
        self._inner = _Text(" ".join(foreign[: max(inner, 1)][:6]))
        self._outer = _Text(" ".join(foreign))
        self._said = _Text(f"{types} {site.message}")
        self._loading = bool(_LOADING.search(f"{types} {site.message[:_READ]}"))

    def match(self, moved: Moved) -> DependencyMatch | None:
        """How the trace names the moved package; None when it does not."""
        forms = [form for form in _forms(moved.name) if form]
        imported = _IMPORTED_AS.get(re.sub(r"[-_.]+", "-", moved.name.lower()))
        for text, value, where in (
            (self._inner, 1.0, "the trace ends in it"),
            (self._said, 0.8, "the error names it"),
            (self._outer, 0.6, "the trace passes through it"),
        ):
            if imported and text is not self._said and text.holds(imported, whole=False):
                return DependencyMatch(moved, value, where)
            for number, form in enumerate(forms):
                if text.holds(form, whole=number > 0) and not (number and self._own(form)):
                    if self._loading and text is self._said and number == 0:
                        return DependencyMatch(moved, 1.0, "the error says that something of it cannot be loaded")
                    return DependencyMatch(moved, value * (1.0 if number == 0 else 0.7), where)
        return None


def best_match(vocabulary: TraceVocabulary, moves: Iterable[Moved]) -> DependencyMatch | None:
    """The surest match of what one commit moved."""
    found = (vocabulary.match(moved) for moved in moves)
    return max((each for each in found if each), key=lambda each: (each.value, each.moved.name), default=None)


def _normal(text: str) -> str:
    """The same of `text` with its camelCase names split."""
    return _spaced(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))


def _spaced(text: str) -> str:
    """The words of `text` in lower case, each between blanks, digits at their end cut off (`jackson2`)."""
    words = (word.lower() for word in _TOKEN.findall(text))
    return " " + " ".join(word.rstrip("0123456789") or word for word in words) + " "


def _forms(name: str) -> Sequence[str]:
    """The whole name, then each of its words that is not everybody's."""
    whole = _normal(name).strip()
    words = [word for word in whole.split() if len(word) > 3 and word not in _COMMON]
    return [whole if len(whole) > 3 and whole not in _COMMON else "", *words]
