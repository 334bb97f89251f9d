"""The versions of dependencies before and after the deploy, as the manifests and lock files of both revisions say."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from tools.commits.manifests import is_manifest, versions_in
from tools.source.deployed import Deployed
from tools.source.listing import bounded, printable

_MANIFESTS: Final = 200
_ABSENT: Final = "absent"


class Version(NamedTuple):
    """One package in one manifest; a side is "" where it is not named, and holds every version that is."""

    package: str
    manifest: str
    before: str
    after: str


def dependency_versions(deployed: Deployed, name: str = "") -> str:
    """The packages whose name holds `name`, changed or not; without a name those whose version the deploy changed."""
    paths = _manifests(deployed)
    found = [version for path in paths for version in _versions(deployed, path)]
    wanted = [each for each in found if name.strip().lower() in each.package.lower()] if name.strip() else found
    changed = [each for each in wanted if each.before != each.after]
    shown = sorted({*changed, *(wanted if name.strip() else ())}, key=lambda each: (each.before == each.after, each))
    what = f"packages named like {printable(name)}" if name.strip() else "packages whose version the deploy changed"
    manifests = f"{len(paths)} manifests and lock files were read"
    if not shown:
        return f"no {what}; {manifests}"
    return bounded([f"{what} ({manifests}):", *map(_row, shown)], "ask for one package by its name", deployed.room)


def _row(version: Version) -> str:
    manifest = printable(version.manifest)
    if version.before == version.after:
        return f"{printable(version.package)} {printable(version.after)}, not changed ({manifest})"
    before, after = (printable(side or _ABSENT) for side in (version.before, version.after))
    return f"{printable(version.package)} {before} -> {after} ({manifest})"


def _manifests(deployed: Deployed) -> list[str]:
    """The manifests of both revisions, those nearest to the root first."""
    repository = deployed.repository
    paths = {*repository.paths(deployed.base), *repository.paths(deployed.revision)}
    return sorted(filter(is_manifest, paths), key=lambda path: (path.count("/"), path))[:_MANIFESTS]


def _versions(deployed: Deployed, path: str) -> Iterator[Version]:
    repository = deployed.repository
    before, after = (
        versions_in(path, repository.text(revision, path) or "") for revision in (deployed.base, deployed.revision)
    )
    for package in sorted({*before, *after}):
        yield Version(package, path, _both(before.get(package, ())), _both(after.get(package, ())))


def _both(versions: tuple[str, ...]) -> str:
    """The versions of a package in one file, where a lock file holds several."""
    return " and ".join(versions)
