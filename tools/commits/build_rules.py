"""Where a program finds its own code, and how its bundles are made: rules in manifests and build files, not code."""

import re
from collections.abc import Iterator
from typing import Final

from tools.git.diff import CommitDiff, FileChange, Hunk

_FINDERS: Final = tuple(
    (re.compile(rf"(?:^|/)(?:{path})$", re.IGNORECASE), re.compile(line, re.IGNORECASE))
    for path, line in (
        (r"composer\.json", r"psr-[04]|classmap|autoload|exclude-from|\\\\\"\s*:"),
        (r"autoload[\w-]*\.(?:php|json|ya?ml)|class_?map\.(?:php|json)|extension\.json", r"\S"),
        (r"package\.json", r"\"(?:main|module|exports|browser|types|files|imports|type)\"|\"\./|workspaces"),
        (r"(?:ts|js)config[\w.-]*\.json|babel\.config\.\w+|\.babelrc[\w.]*|jest\.config\.\w+", r"\S"),
        (r"pyproject\.toml|setup\.(?:py|cfg)|manifest\.in", r"packages?\b|_modules|package[_-]d|include|exclude|entry.point|where\s*="),
        (r"[^/]*\.gemspec|config/(?:initializers/(?:zeitwerk|inflections)|application)\.rb", r"files|require_path|load|inflect|acronym"),
        (r"[^/]*\.gradle(?:\.kts)?|pom\.xml|build\.sbt|[^/]*\.csproj", r"srcdir|source(?:set|dir)|<module|clude|guard|minify|relocat"),
        (r"proguard[\w.-]*\.(?:pro|txt|cfg)|[\w.-]*-rules\.pro|module-info\.java", r"\S"),
        (r"cargo\.toml", r"\[(?:lib|workspace|features)|members|path\s*="),
        (r"(?![^/]*/)(?:[^/]*\.)?dockerfile(?:\.[^/]*)?", r"^\s*(?:COPY|ADD|WORKDIR|ENV)\b"),
        (r"\.dockerignore|\.npmignore", r"^[!*./\w]"),
    )
)  # fmt: skip
_BUNDLER: Final = re.compile(
    r"(?:^|/)(?:(?:webpack|rollup|vite|esbuild|rspack|rsbuild|parcel|snowpack|metro|babel|postcss|next|nuxt|vue|craco|terser|uglify|angular)"
    r"[\w.-]*\.(?:config\.)?(?:js|cjs|mjs|ts|json)|gulpfile[\w.]*|gruntfile[\w.]*|\.babelrc[\w.]*|\.browserslistrc|\.swcrc|tsconfig[\w.-]*\.json|brocfile\.js"
    r"|ember-cli-build\.js)$|(?:^|/)(?:build|webpack|rollup|bundler?|grunt|gulp)/[^/]*\.(?:js|cjs|mjs|ts|sh|rb|py|php)$"
    r"|(?:^|/)scripts?/(?:build|bundle|compile)[^/]*$",
    re.IGNORECASE,
)


def code_finder_changed(diff: CommitDiff) -> str | None:
    """The place of the first changed rule by which the program finds its own classes or modules."""
    return next(_rules(diff), None)


def bundler_changed(diff: CommitDiff) -> str | None:
    """The path of the first changed file that says how a bundle is made."""
    return next((change.path for change in diff.files if _BUNDLER.search(change.path)), None)


def _rules(diff: CommitDiff) -> Iterator[str]:
    for change in diff.files:
        for path, line in _FINDERS:
            if path.search(change.path):
                yield from (f"{change.path}:{number}" for number, row in _changed(change) if line.search(row))


def _changed(change: FileChange) -> Iterator[tuple[int, str]]:
    for hunk in change.hunks:
        yield from _sides(hunk)


def _sides(hunk: Hunk) -> Iterator[tuple[int, str]]:
    yield from zip(hunk.added_at, hunk.added, strict=True)
    yield from ((max(hunk.new_start, 1), row) for row in hunk.removed)
