"""Which files can hold the failing code or feed it, by the languages they are written in.

A `total` of a TypeScript file is not the `'total'` that Python misses: neither language calls the other. Only what one
program sends to another can pass between them, as the keys of a JSON body do.
"""

from collections.abc import Iterable
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
}
_LANGUAGE: Final = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
_SHARED_ENDINGS: Final = (
    "html htm tmpl tpl mustache jinja jinja2 j2 liquid blade sql psql graphql gql proto thrift avsc fbs prisma wsdl xsd lark "
    "pegjs g4 sh bash zsh bat cmd ps1 yaml yml toml ini cfg conf json json5 jsonc xml properties env neon dist plist tf hcl "
    "csv tsv txt dat md mdx rst po pot mo xlf xliff lock sum mod css scss sass less map resx csproj fsproj vbproj sln "
    "dockerfile service in"
)
_SHARED: Final = frozenset(_SHARED_ENDINGS.split())
"""Data, configuration, schemas, templates and shell scripts: every language can read or run them."""
_MEETING: Final = frozenset(
    frozenset(pair.split())
    for pair in (
        *(
            f"native {other}" for other in _ENDINGS if other != "native"
        ),  # extensions, and programs that embed a language
        *(f"rust {other}" for other in ("python", "ruby", "javascript", "elixir")),
        "java dart",
        "apple dart",
    )
)
"""Languages that run in one process by custom: one calls the other."""


def language_of_file(path: str) -> str | None:
    """The language of a source file by its ending; None of data, templates for any language, and unknown endings."""
    return _LANGUAGE.get(_ending(path))


def languages_of_files(paths: Iterable[str]) -> frozenset[str]:
    """The languages of those files that are written in a known one."""
    return frozenset(language for path in paths if (language := language_of_file(path)))


def feeds(path: str, failing: frozenset[str]) -> bool:
    """Whether code that fails in these languages can call, include or read what stands in the file. All files when the
    languages are not known."""
    if not failing:
        return True
    language = language_of_file(path)
    if language is None:
        return _is_shared(path)
    return any(language == other or frozenset((language, other)) in _MEETING for other in failing)


def _is_shared(path: str) -> bool:
    ending = _ending(path)
    return not ending or ending in _SHARED


def _ending(path: str) -> str:
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return ending.lower() if dot else ""
