"""Which lines are only a comment, and where a comment behind code begins: one rule for each family of languages."""

import re
from typing import Final, TypeAlias

from tools.text.lazy_pattern import LazyPattern

Trailing: TypeAlias = re.Pattern[str] | None
"""What a comment behind code looks like; None where it is not certain."""

_CODING: Final = r"#\s*+(?:-\*-\s*+)?(?:en)?coding\s*+[:=]"
_FROZEN: Final = r"#\s*+(?:frozen_string_literal|shareable_constant_value)\s*+[:=]"
# Comments that the language acts on: they are code.
_GO: Final = r"//go:(?:build|embed|linkname|no(?:inline|escape|split|race|checkptr|writebarrier)|uintptrescapes|wasm(?:im|ex)port)\b"
_CGO: Final = r"(?!//export\s++\w|//\s?\+build\s|//\s?\#(?:include|cgo|define)\s)"
_ACTS: Final = rf"(?!{_CODING}|{_FROZEN}|{_GO}|\#cloud-config\b|\#\s?(?:syntax|escape)=)"
_SCRIPT: Final = "js mjs cjs jsx ts mts cts tsx vue svelte"
_DIRECTIVES: Final = {
    suffix: LazyPattern(rf"\s*+(?:{said})")
    for said, suffixes in (
        (rf"from\s++__future__\s++import\b|{_CODING}", "py pyi pyx pyw"),
        (rf"{_CODING}|{_FROZEN}", "rb rake gemspec ru"),
        (r"(?:<\?php\s++)?declare\s*+\(", "php phtml inc module php5 php7"),
        (r"[\"']use \w++[\"']", _SCRIPT),
        (r"//go:build\b", "go"),
    )
    for suffix in suffixes.split()
}
_HASH: Final = (
    r"#(?!!|\[|\{)"  # `#!` names an interpreter, `#[` is an attribute of PHP and Rust, `#{` a value in a text
)
_NO_DIRECTIVE: Final = r"(?!include|define|undef|if|el|end|pragma|region|import|using|line|error|warning|nullable)"
_CLOSED: Final = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/\s*+"
_END: Final = r"(?=$|//|/\*)"
# `/* a */ b` is code, and so are hints to a database: `/*+ ... */`. ` * text` is the middle of a comment, ` */` its end, `*p = 1`
# and `*/ b` are code.
_BLOCK: Final = rf"(?!/\*\+|(?:{_CLOSED})++(?!//|/\*)\S)/\*|\*++/\s*+{_END}|\*(?=[\s*]|$)(?!\*++/)"
_SLASHES: Final = rf"//|{_BLOCK}"
# Nothing may stand behind the comment, or it is code. `<!--[if IE]>`, `<!--#include -->` and `<!-- ko if: x -->` are acted on.
_MARKUP: Final = r"(?!<!--(?:\[|\s?#|\s*+/?ko\b))(?:<!--(?:[^-\n]|-(?!->))*+(?:-->\s*+|$))++$"
_DASHES: Final = r"--(?:\s|$)"
# Doctrine, Symfony and Behat read `@ORM\Column(nullable=true)` in a comment; `@return`, `@var` say nothing that runs.
_NO_ANNOTATION: Final = r"(?!(?:/\*\*|\*)\s*+@(?!SuppressWarnings\b)[A-Z]\w*+[\\(])"
_FAMILIES: Final = (
    (
        rf"{_HASH}",
        "py pyi pyx pyw rb rake gemspec ru sh bash zsh yaml yml toml pl pm r ex exs coffee tf cmake mk dockerfile makefile",
    ),
    (
        _SLASHES,
        "js mjs cjs jsx ts mts cts tsx java kt kts scala groovy cs swift go rs c h cc cpp cxx hpp dart css scss less proto",
    ),
    (
        rf"{_NO_ANNOTATION}(?:(?:{_HASH}|//)(?!.*\?>\s*+\S)|{_BLOCK})",
        "php phtml inc module php5 php7",
    ),  # `?>` ends what `//` begins
    (rf"{_DASHES}|(?!/\*!){_BLOCK}", "sql"),  # MySQL runs what stands in `/*! */`
    (_DASHES, "lua hs elm"),
    (";", "clj cljs lisp el scm ini"),
    (rf"{_MARKUP}|{_SLASHES}", "vue svelte"),
    (_MARKUP, "html htm xml md svg"),
    ("-#", "haml"),
    ("/", "slim"),
    ("//", "pug jade"),
    (r"##|#\*", "vm vtl"),
)
_BY_SUFFIX: Final = {
    suffix: LazyPattern(rf"\s*+{_ACTS}{_CGO if suffix == 'go' else ''}(?:{marks})")
    for marks, suffixes in _FAMILIES
    for suffix in suffixes.split()
}
_SOURCE: Final = frozenset(" ".join(suffixes for _, suffixes in _FAMILIES[:3]).split())
_TEMPLATES: Final = frozenset(
    ["html", "htm", "xml", "md", "svg", "yaml", "yml", "toml", "sh", "bash", "sql", "dockerfile"]
)
_RUNS: Final = re.compile(r"<[%?]|\{[{%$]")
"""What a template runs, also inside a comment of the text that it writes: `<%= %>`, `{{ }}`, `{% %}`, `<? ?>`, `{$x}`."""
_WORDS: Final = re.compile(r"\s*+(?://|#)[^{\n]*+$")
_STYLES: Final = frozenset(("css", "scss", "less", "vue", "svelte"))
_SELECTOR: Final = re.compile(r"\*(?:\s*+[{+>~:.\[#]|,)")
_CALLED: Final = re.compile(r"\(*+[A-Za-z_$][\w$.]*+[(\[]")
_LONGEST: Final = 500  # characters of a line
_LEADS: Final = re.compile(r"(?:(?:await|new)\s++|-)")
_ADDED: Final = re.compile(r"(?<=[)\]])(?:\s[-+*/%]\s(?:\d[\d.]*+|[\w.]++\([^()]*+\)))++$")
_GENERATOR: Final = re.compile(r"\*\s?[A-Za-z_$][\w$]*+\([^()]*+\)\s?\{$")
_PROSE: Final = re.compile(r"[\w.:!?)]\s++[A-Za-z]")
_ANY: Final = LazyPattern(rf"\s*+{_ACTS}(?:{_HASH}{_NO_DIRECTIVE}|{_SLASHES}|{_MARKUP}|{_DASHES}|;)")
_BEHIND: Final = {
    suffix: LazyPattern(rf"\s{mark}\s[^\"'`]*+$")
    for mark, suffixes in (
        ("#", "py pyi pyx pyw rb rake sh yaml yml toml"),
        ("//", "js mjs cjs jsx ts mts cts tsx java kt kts scala groovy cs swift go rs php c h cc cpp hpp"),
    )
    for suffix in suffixes.split()
}


def is_comment_line(line: str, path: str = "") -> bool:
    """Whether nothing but a comment, or a part of one, stands on the line of a file like `path`; a blank line is none.

    Without a path, what is a comment in some common language and a line of code in hardly any.
    """
    said, suffix = line.strip(), _suffix(path)
    if (suffix in _TEMPLATES or suffix not in _BY_SUFFIX) and _RUNS.search(line):
        return False
    if said.startswith("*") and (
        _is_factor(said) or _GENERATOR.match(said) or (suffix in _STYLES and _is_selector(said))
    ):
        return False
    return bool(_BY_SUFFIX.get(suffix, _ANY).compiled.match(line))


def is_words_alone(line: str, path: str) -> bool:
    """Whether the line can never fail: words behind the mark of a comment of the file's language, and no value among them
    (`# {rate}` may be the inside of a text). A trace that shows such a line is one of another build."""
    return _suffix(path) in _SOURCE and is_comment_line(line, path) and bool(_WORDS.match(line))


def _is_factor(said: str) -> bool:
    """Whether it is a factor on a line of its own: `* rates.of(country).value();`, or without `;` a call with no words side by side
    (`await` and `new` stand before one, and a number or another call may be added)."""
    if said[1:2] != " " or len(said) > _LONGEST:
        return False
    value = _ADDED.sub("", _LEADS.sub("", said[1:].partition("//")[0].strip(), count=1))
    if not value:
        return False
    if value.endswith(";"):
        return True
    if _CALLED.match(value) is None or _PROSE.search(value) or value[-1] not in ")]":
        return False
    named = value.endswith("()") and "." not in value  # `* getOptions()` names a function in a comment
    return not named and value.count("(") == value.count(")")


def _is_selector(said: str) -> bool:
    """Whether it is a selector of all elements: `* {`, `* + p,`."""
    return said[-1] in "{," and _SELECTOR.match(said) is not None


def is_directive(line: str, path: str) -> bool:
    """Whether the line, code or a comment that acts, changes how all of its file is read or run: strict types, strict mode,
    what a version of the language brings. A wish to a type checker (`// @ts-nocheck`) changes nothing that runs."""
    pattern = _DIRECTIVES.get(_suffix(path))
    return bool(pattern and pattern.compiled.match(line))


def comment_behind(path: str) -> Trailing:
    """The pattern of a comment behind code in files like `path`; None where it is not certain."""
    found = _BEHIND.get(_suffix(path))
    return found.compiled if found is not None else None


def _suffix(path: str) -> str:
    return path[max(path.rfind("."), path.rfind("/")) + 1 :].lower()
