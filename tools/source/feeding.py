"""Which files can hold the failing code or feed it, by the languages they are written in.

A `total` of a TypeScript file is not the `'total'` that Python misses: neither language calls the other. Only what one
program sends to another can pass between them, as the keys of a JSON body do.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_ENDINGS: Final = {
    "python": "py pyx pyi pxd pyw ipynb mako",
    "javascript": "js mjs cjs jsx ts mts cts tsx vue svelte astro coffee elm hbs ejs pug",
    "java": "java kt kts scala groovy clj cljc jsp ftl vm gradle",
    "csharp": "cs vb fs cshtml vbhtml razor aspx ascx xaml",
    "php": "php phtml php5 inc module install twig latte",
    "ruby": "rb rake erb haml slim ru gemspec",
    "go": "go templ gohtml",
    "rust": "rs",
    "elixir": "ex exs erl hrl eex heex leex gleam",
    "native": "c h cc cpp cxx hpp hh cu inl s asm zig nim d pas f f90",
    "apple": "swift m mm",
    "dart": "dart",
    "lua": "lua",
    "perl": "pl pm",
    "r": "r",
    "functional": "hs lhs ml mli jl sol",
}
_LANGUAGE: Final = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
_OF_MANY: Final = frozenset(["inc", "install", "m", "ftl", "hbs", "module"])
"""Endings that several languages and tools use: whose they are is not known by them."""
_STAGES: Final = frozenset(
    [
        "production",
        "prod",
        "staging",
        "stage",
        "development",
        "dev",
        "local",
        "template",
        "dist",
        "example",
        "sample",
        "default",
    ]
)
"""What stands behind a file's own ending: `.env.production`, `settings.py.dist`."""
_WRITTEN: Final = frozenset(
    ["yaml", "yml", "toml", "ini", "cfg", "conf", "json", "properties", "env", "sh", "sql", "xml"]
)
"""What a template writes as a file that any program reads: `app.ini.erb`."""
_MEETING: Final = frozenset(
    frozenset(pair.split())
    for pair in (
        *(
            f"native {other}" for other in _ENDINGS if other != "native"
        ),  # extensions, and programs that embed a language
        *(f"rust {other}" for other in ("python", "ruby", "javascript", "elixir")),
        "java dart",
        "java ruby",
        "apple javascript",
        "apple dart",
    )
)
"""Languages that run in one process by custom: one calls the other."""


@lru_cache(maxsize=16_384)
def language_of_file(path: str) -> str | None:
    """The language of a source file by its ending; None of data, templates for any language, and unknown endings."""
    return _LANGUAGE.get(_ending(path))


def languages_of_files(paths: Iterable[str]) -> frozenset[str]:
    """The languages of those files that are written in a known one."""
    return frozenset(language for path in paths if (language := language_of_file(path)))


def feeds(path: str, failing: frozenset[str]) -> bool:
    """Whether code that fails in these languages can call, include or read what stands in the file. All files when the
    languages are not known, and every file that is not known to be of another language: data, configuration, templates for
    any language, schemas, scripts."""
    language = language_of_file(path)
    if not failing or language is None or _is_of_many(path):
        return True
    return any(language == other or frozenset((language, other)) in _MEETING for other in failing)


@lru_cache(maxsize=16_384)
def _is_of_many(path: str) -> bool:
    *before, ending = _endings(path)
    return ending in _OF_MANY or bool(before and before[-1] in _WRITTEN)


def _ending(path: str) -> str:
    return _endings(path)[-1]


def _endings(path: str) -> list[str]:
    """The endings of the file's name in lower case, what only tells a stage taken off; at least one, "" when there is none."""
    _, *endings = path.rpartition("/")[2].lower().split(".")
    while len(endings) > 1 and endings[-1] in _STAGES:
        endings.pop()
    return endings or [""]
