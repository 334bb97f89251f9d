"""Which packages, runtimes and images a dependency manifest or lock file asks for: name -> version as written.

JSON, TOML and Python requirements are read by their libraries; the formats of yarn, pnpm, Go, Ruby, Maven and Gradle
have none in Python, and XML is not parsed at all: what is asked of it is found by patterns, whoever wrote the file.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

Packages = dict[str, str]
_Pairs = Iterable[tuple[str, str]]


def packages_in(path: str, text: str) -> Packages:
    """The packages of the manifest at `path`; none when it is no manifest or cannot be parsed."""
    return dict(_pairs_in(path, text))


def versions_in(path: str, text: str) -> dict[str, tuple[str, ...]]:
    """The packages with every version that the file asks for: a lock file may hold one package twice."""
    found: dict[str, dict[str, None]] = {}
    for name, version in _pairs_in(path, text):
        found.setdefault(name, {})[version] = None
    return {name: tuple(sorted(versions)) for name, versions in found.items()}


def _pairs_in(path: str, text: str) -> list[tuple[str, str]]:
    for pattern, read in _READERS:
        if pattern.search(path):
            try:
                return list(read(text))
            except (ValueError, TypeError, AttributeError, RecursionError):  # a half-merged or a hostile file
                return []
    return []


def is_manifest(path: str) -> bool:
    """Whether the file at `path` says which packages or runtime the program runs with."""
    return any(pattern.search(path) for pattern, _ in _READERS)


def _table(found: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _plain(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        version = value.get("version", "") if isinstance(value, dict) else value
        if isinstance(version, str):
            yield name, version


def _package_json(text: str) -> Iterator[tuple[str, str]]:
    found = json.loads(text)
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "resolutions"):
        yield from _plain(_table(found, key))
    yield from ((f"runtime {name}", version) for name, version in _plain(_table(found, "engines")))


def _package_lock(text: str) -> Iterator[tuple[str, str]]:
    found = json.loads(text)
    yield from _plain(_table(found, "dependencies"))
    yield from (
        (name.rpartition("node_modules/")[2], version) for name, version in _plain(_table(found, "packages")) if name
    )


def _composer_json(text: str) -> Iterator[tuple[str, str]]:
    found = json.loads(text)
    for name, version in (*_plain(_table(found, "require")), *_plain(_table(found, "require-dev"))):
        yield (name if "/" in name else f"runtime {name}"), version


def _composer_lock(text: str) -> Iterator[tuple[str, str]]:
    found = json.loads(text)
    yield from (
        (row["name"], str(row["version"])) for key in ("packages", "packages-dev") for row in found.get(key) or ()
    )


def _requirements(rows: Iterable[object]) -> Iterator[tuple[str, str]]:
    from packaging.requirements import InvalidRequirement, Requirement  # here: most windows change no such file

    for row in rows:
        text = re.split(r"\s#|\s--hash|\s*\\$", str(row))[0].strip()
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            continue
        yield asked.name.lower(), str(asked.specifier) or (asked.url or "any")


def _pyproject(text: str) -> Iterator[tuple[str, str]]:
    found = tomllib.loads(text)
    yield from _requirements(_table(found, "project").get("dependencies") or ())
    for rows in _table(found, "project", "optional-dependencies").values():
        yield from _requirements(rows)
    if python := _table(found, "project").get("requires-python"):
        yield "runtime python", str(python)
    yield from _plain(_table(found, "tool", "poetry", "dependencies"))


def _locked(text: str) -> Iterator[tuple[str, str]]:
    """poetry.lock, uv.lock, pdm.lock, Cargo.lock."""
    yield from ((row["name"], str(row.get("version", ""))) for row in tomllib.loads(text).get("package") or ())


def _pipfile_lock(text: str) -> Iterator[tuple[str, str]]:
    found = json.loads(text)
    yield from (pair for key in ("default", "develop") for pair in _plain(_table(found, key)))


def _toml_tables(text: str) -> Iterator[tuple[str, str]]:
    """Cargo.toml, Pipfile and Gradle's version catalogue."""
    found = tomllib.loads(text)
    for key in ("dependencies", "dev-dependencies", "packages", "dev-packages", "versions", "libraries", "plugins"):
        yield from _plain(_table(found, key))


def _by(pattern: str, prefix: str = "") -> Callable[[str], _Pairs]:
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda text: ((f"{prefix}{row['n']}", row["v"]) for row in compiled.finditer(text))


def _any_of(*readers: Callable[[str], _Pairs]) -> Callable[[str], _Pairs]:
    return lambda text: (pair for read in readers for pair in read(text))


_QUOTED_REQUIREMENT = re.compile(r"['\"]([A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?\s*[<>=~!]=?[^'\"\n;]{1,60})['\"]")
_POM = _any_of(
    _by(
        r"<artifactId>(?P<n>[^<\s]{1,120})</artifactId>\s*(?:<\w+>[^<]{0,80}</\w+>\s*)?<version>(?P<v>[^<\n]{1,80})</version>"
    ),
    _by(r"<(?P<n>[\w.-]{1,80})[.-]version>(?P<v>[^<\n]{1,80})</"),
)
_NUGET = _any_of(
    _by(r"<Package(?:Reference|Version)\s+Include=\"(?P<n>[\w.-]{1,120})\"\s+Version=\"(?P<v>[^\"\n]{1,80})\""),
    _by(r"<package\s+id=\"(?P<n>[\w.-]{1,120})\"\s+version=\"(?P<v>[^\"\n]{1,80})\""),
    _by(r"<(?P<n>TargetFramework)>(?P<v>[^<\n]{1,40})</", "runtime "),
)
_GRADLE = _any_of(
    _by(r"['\"](?P<n>[\w.-]+:[\w.-]+):(?P<v>[\w.$\{\}-]+)['\"]"),
    _by(r"\b(?P<n>\w{2,60}?)[._]?[vV]ersion['\"]?\s*[=:,]\s*['\"]?(?P<v>\d[\w.-]*)"),
)
_GO = _any_of(
    _by(r"^[ \t]*(?:require[ \t]+)?(?P<n>[\w.-]+\.[\w.-]+/[^\s]+|[\w.-]+\.\w+/\w+)\s+(?P<v>v[^\s]+)"),
    _by(r"^(?P<n>go)\s+(?P<v>[\d.]+)", "runtime "),
)
_READERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], _Pairs]], ...]] = tuple(
    (re.compile(rf"(?:^|/)(?:{pattern})$", re.IGNORECASE), read)
    for pattern, read in (
        (r"package\.json", _package_json),
        (r"package-lock\.json|npm-shrinkwrap\.json", _package_lock),
        (r"yarn\.lock", _by(r"^\"?(?P<n>@?[^@\s\"]+)@[^\n]{1,2000}:\n\s+version:?\s+\"?(?P<v>[^\"\s]+)\"?(?:\n\s+resolved[^\n]*)?")),
        (r"pnpm-lock\.yaml", _by(r"^ +'?/?(?P<n>@?[\w.-]+(?:/[\w.-]+)?)[@/](?P<v>\d[\w.-]*)[^\n]{0,300}:$")),
        (r"composer\.json", _composer_json),
        (r"composer\.lock", _composer_lock),
        (r"(?:requirements|constraints)[^/]*\.(?:txt|in|pip)|requirements/[^/]*\.(?:txt|in)", lambda text: _requirements(text.splitlines())),
        (r"pyproject\.toml", _pyproject),
        (r"poetry\.lock|uv\.lock|pdm\.lock|cargo\.lock", _locked),
        (r"pipfile\.lock", _pipfile_lock),
        (r"setup\.(?:py|cfg)", lambda text: _requirements(_QUOTED_REQUIREMENT.findall(text))),
        (r"pipfile|cargo\.toml|[^/]*\.versions\.toml", _toml_tables),
        (r"go\.mod", _GO),
        (r"pom\.xml", _POM),
        (r"[^/]*\.(?:cs|fs|vb)proj|packages\.config|directory\.packages\.props", _NUGET),
        (r"[^/]*\.gradle(?:\.kts)?|gradle\.properties", _GRADLE),
        (r"versions\.(?:properties|props)", _by(r"^(?:version\.)?(?P<n>[A-Za-z][\w.-]{1,80}?)[ \t]*[=:][ \t]*(?P<v>\d[\w.-]{0,60})[ \t]*$")),
        (r"gemfile\.lock", _by(r"^    (?P<n>[\w.-]+) \((?P<v>[^)\s]+)\)$")),
        (r"gemfile|[^/]*\.gemspec", _by(r"(?:\bgem|dependency)[\s(]+['\"](?P<n>[\w.-]+)['\"]\s*,\s*['\"](?P<v>[^'\"]+)['\"]")),
        (r"(?![^/]*/)(?:[^/]*\.)?dockerfile(?:\.[^/]*)?|containerfile", _by(r"^FROM\s+(?:--\S+\s+)?(?P<n>[^\s:@]+)[:@](?P<v>\S+)", "runtime ")),
        (r"\.(?P<x>python|ruby|node|go|java|nvm)-?(?:version|rc)|\.nvmrc|runtime\.txt", _by(r"^(?P<n>)(?P<v>[\w.@-]+)\s*$", "runtime ")),
        (r"\.tool-versions", _by(r"^(?P<n>\w+)\s+(?P<v>\S+)", "runtime ")),
    )
)  # fmt: skip
