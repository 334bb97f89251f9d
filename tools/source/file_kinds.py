"""What sort of file a path names: code that can fail in production, or tests, documents, translations and the like.

Judged by the path alone, by the naming customs of the languages' own tools, never by a project's.
"""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath


class Kind(StrEnum):
    """The sort of a file, as far as its path tells."""

    CODE = "code"
    CONFIG = "config"
    DEPENDENCY = "dependency"
    TEST = "test"
    DOCS = "docs"
    TRANSLATION = "translation"
    STYLE = "style"
    CI = "ci"
    OTHER = "other"


HARMLESS = frozenset({Kind.TEST, Kind.DOCS, Kind.TRANSLATION, Kind.STYLE, Kind.CI})
"""Kinds that do not run in production: a commit that changes nothing else can hardly make a service fail."""

_EXTENSIONS: dict[Kind, str] = {
    Kind.CODE: "py pyx pyi pxd php phtml php5 inc module install js mjs cjs jsx ts mts cts tsx java kt kts scala "
    "groovy go rb rake erb haml slim rs c h cc cpp hpp cs swift m lua pl pm ex exs clj sql sh bash twig tpl vue svelte "
    "hbs mustache ejs j2 jinja jinja2 html htm blade graphql proto lark pegjs "
    "pyw ipynb mako astro coffee elm pug jade cljc cljs jsp jspx ftl vm gradle vb fs fsx cshtml vbhtml razor aspx ascx xaml latte ru "
    "templ gohtml erl hrl eex heex leex gleam cxx hh cu inl s asm zig nim d pas f f90 mm dart r jl hs lhs ml mli sol "
    "ps1 psm1 bat cmd zsh fish ksh awk tcl prisma thrift avsc fbs wat rkt scm lisp el cr vala v sv vhd abap cob cbl sas",
    Kind.CONFIG: "yaml yml toml ini cfg conf json json5 xml properties env neon dist xsd plist tf",
    Kind.DOCS: "md mdx rst txt adoc asciidoc textile org rdoc",
    Kind.TRANSLATION: "po pot mo xlf xliff",
    Kind.STYLE: "css scss sass less styl svg png jpg jpeg gif ico webp woff woff2 ttf eot map",
}
_BY_EXTENSION = {extension: kind for kind, names in _EXTENSIONS.items() for extension in names.split()}

_TEST = re.compile(
    r"(^|/)(tests?|specs?|__tests__|__mocks__|__fixtures__|__snapshots__|test-?data|fixtures?|e2e|cypress|testsuite)/"
    r"|(^|/)(test_[^/]*|conftest\.py|[^/]*_(test|spec)\.[^/]+|[^/]*[.-](test|spec|stories|cy)\.[^/]+|[^/]*Tests?\.\w+)$",
)
_DOCS = re.compile(r"(^|/)(docs?|documentation|changelogs?|newsfragments|changes|licenses?)/", re.IGNORECASE)
_DOCS_NAME = re.compile(
    r"^(change(s|log)?|history|news|readme|release|authors|contributors|contributing|licen[cs]e|copying|notice|security|"
    r"codeowners|maintainers|todo|upgrad(e|ing))([._-].*)?$",
    re.IGNORECASE,
)
_CHANGELOG, _MIGRATES = re.compile(r"(^|/)changelogs?([._/-]|$)", re.IGNORECASE), (".xml", ".yaml", ".yml", ".json")
"""Liquibase's files, which change a database, are called as those that tell people of changes."""
_TRANSLATION = re.compile(r"(^|/)(locales?|lang|langs|languages|i18n|l10n|translations?)/")
_CI = re.compile(
    r"(^|/)(\.github|\.circleci|\.gitlab|\.ci|\.azure-pipelines|\.devcontainer|\.vscode|\.idea|\.changeset)/"
    r"|(^|/)(\.travis\.yml|\.gitlab-ci\.yml|jenkinsfile|azure-pipelines\.yml|appveyor\.yml|\.pre-commit-config\.yaml|"
    r"\.editorconfig|\.git[a-z-]+|tox\.ini|noxfile\.py|codecov\.yml|\.codecov\.yml|\.php[-_]cs[^/]*|phpstan[^/]*|psalm[^/]*|"
    r"\.eslintrc[^/]*|\.prettier[^/]*|\.rubocop[^/]*|renovate\.json5?|mypy\.ini|\.flake8|\.pylintrc)$",
    re.IGNORECASE,
)
_DEPENDENCY = re.compile(
    r"(^|/)(composer\.(json|lock)|package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|npm-shrinkwrap\.json|bun\.lockb?|"
    r"requirements[^/]*\.(txt|in|pip)|constraints[^/]*\.txt|pyproject\.toml|setup\.(py|cfg)|pipfile(\.lock)?|poetry\.lock|uv\.lock|"
    r"pdm\.lock|gemfile(\.lock)?|[^/]*\.gemspec|go\.(mod|sum)|pom\.xml|[^/]*\.gradle(\.kts)?|gradle\.properties|versions\.properties|"
    r"[^/]*\.versions\.toml|cargo\.(toml|lock)|[^/]*\.(cs|fs|vb)proj|packages\.(config|lock\.json)|directory\.packages\.props|environment[^/]*\.ya?ml)$|(^|/)requirements/[^/]*\.(txt|in)$",
    re.IGNORECASE,
)
_LOCK = re.compile(
    r"(^|/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|composer\.lock|gemfile\.lock|"
    r"poetry\.lock|uv\.lock|pdm\.lock|pipfile\.lock|cargo\.lock|go\.sum|gradle\.lockfile)$",
    re.IGNORECASE,
)


def is_lock(path: str) -> bool:
    """Whether a package manager writes the file: its lines are nobody's words."""
    return bool(_LOCK.search(path))


@lru_cache(maxsize=65_536)
def kind_of(path: str) -> Kind:
    """The kind of the file at `path` (forward slashes, relative to the repository)."""
    for kind, pattern in ((Kind.DEPENDENCY, _DEPENDENCY), (Kind.CI, _CI), (Kind.TEST, _TEST)):
        if pattern.search(path):
            return kind
    name = PurePosixPath(path)
    by_extension = _BY_EXTENSION.get(name.suffix[1:].lower(), Kind.OTHER)
    if by_extension is Kind.CODE:
        return Kind.TRANSLATION if _TRANSLATION.search(path) and name.suffix == ".php" else Kind.CODE
    if _TRANSLATION.search(path) and by_extension is Kind.CONFIG:
        return Kind.TRANSLATION
    migrates = name.suffix in _MIGRATES and _CHANGELOG.search(path)
    if not migrates and (_DOCS.search(path) or _DOCS_NAME.match(name.name)):
        return Kind.DOCS
    return by_extension
