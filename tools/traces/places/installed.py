"""Printed paths inside an installed package: whose they are, and whether the project itself is that package."""

import json
import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

Read = Callable[[str], str | None]

MAX_MANIFESTS: Final = 50

_VERSIONED: Final = re.compile(r"(.+?)-(\d[\w.]*|[0-9a-f]{7,40})$")
_GO_VERSION: Final = re.compile(r"(.+)@v\d[\w.+-]*$")
_GO_MODULE: Final = re.compile(r"^[ \t]*+module\s++\"?([\w./~-]{1,300})", re.MULTILINE)


class Installed(NamedTuple):
    """A package of an installer, and the components of the path inside it; `at` is where they begin in the printed path."""

    manager: str
    name: str
    inside: tuple[str, ...]
    at: int


def installed(parts: Sequence[str]) -> Installed | None:
    """The package that a printed path lies in; None when it lies in none."""
    for at, part in enumerate(parts[:-1]):
        rest = parts[at + 1 :]
        if part in ("site-packages", "dist-packages"):
            return Installed("python", rest[0], tuple(rest), at + 1)
        if part == "node_modules" and "node_modules" not in rest:
            scope = 2 if rest[0].startswith("@") else 1
            return Installed("npm", "/".join(rest[:scope]), tuple(rest[scope:]), at + 1 + scope)
        versioned = _VERSIONED.match(part)
        if versioned and at and parts[at - 1] == "gems":
            return Installed("gem", versioned[1], tuple(rest), at + 1)
        if versioned and "registry" in parts[:at] and ".rs" in parts[-1]:
            return Installed("cargo", versioned[1], tuple(rest), at + 1)
        module = _GO_VERSION.match(part)
        if module:
            host = next((start for start in range(at, -1, -1) if "." in parts[start] and start < at), 0)
            return Installed("go", "/".join([*parts[host:at], module[1]]).replace("!", ""), tuple(rest), at + 1)
    return None


def own_path(package: Installed, paths: Collection[str], read: Read | None) -> str | None:
    """The repository's file, when the project itself is the installed package; None when it is another's."""
    finders = {"python": _python, "npm": _npm, "gem": _gem, "go": _go, "cargo": _cargo}
    return finders[package.manager](package, paths, read)


def _python(package: Installed, paths: Collection[str], _: Read | None) -> str | None:
    """A package of the repository: the whole path inside the installation ends a path, from the package's folder on."""
    inside = "/".join(package.inside)
    found = [path for path in paths if path == inside or path.endswith("/" + inside)]
    return min(found, key=len) if len(package.inside) > 1 and found else None


def _gem(package: Installed, paths: Collection[str], _: Read | None) -> str | None:
    return _beside(f"{package.name}.gemspec", package, paths)


def _cargo(package: Installed, paths: Collection[str], _: Read | None) -> str | None:
    return _beside(f"{package.name}/Cargo.toml", package, paths)


def _beside(manifest: str, package: Installed, paths: Collection[str]) -> str | None:
    folders = [path.rpartition("/")[0] for path in paths if path == manifest or path.endswith("/" + manifest)]
    return _inside(folders, package, paths)


def _npm(package: Installed, paths: Collection[str], read: Read | None) -> str | None:
    return _inside(
        [folder for folder, text in _manifests("package.json", paths, read) if _named(text) == package.name],
        package,
        paths,
    )


def _named(text: str) -> str | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return str(value.get("name")) if isinstance(value, dict) else None


def _go(package: Installed, paths: Collection[str], read: Read | None) -> str | None:
    folders = []
    for folder, text in _manifests("go.mod", paths, read):
        module = _GO_MODULE.search(text)
        if module and module[1].lower() == package.name.lower():
            folders.append(folder)
    return _inside(folders, package, paths)


def _manifests(name: str, paths: Collection[str], read: Read | None) -> list[tuple[str, str]]:
    """Folder and text of the repository's manifests, those nearest to its root first."""
    if read is None:
        return []
    found = sorted(
        (path for path in paths if path == name or path.endswith("/" + name)), key=lambda path: path.count("/")
    )
    return [(path.rpartition("/")[0], text) for path in found[:MAX_MANIFESTS] if (text := read(path)) is not None]


def _inside(folders: Sequence[str], package: Installed, paths: Collection[str]) -> str | None:
    wanted = ("/".join(filter(None, (folder, *package.inside))) for folder in folders)
    return next((path for path in wanted if path in paths), None)
