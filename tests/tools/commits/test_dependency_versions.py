"""Versions of dependencies before and after the deploy."""

from pathlib import Path

from tests.tools.source.deployments import deployment
from tools.commits.dependency_versions import dependency_versions

BEFORE = {"requirements.txt": "django==4.1\nrequests==2.0\n", "web/package.json": '{"dependencies": {"react": "17"}}'}
AFTER = {"requirements.txt": "django==4.2\nrequests==2.0\nattrs==23\n", "web/package.json": "{}"}


def test_without_a_name_the_packages_that_changed_are_listed(tmp_path: Path) -> None:
    deployed = deployment(tmp_path, [{"files": BEFORE}, {"files": AFTER}])
    assert dependency_versions(deployed).splitlines() == [
        "packages whose version the deploy changed (2 manifests and lock files were read):",
        "attrs absent -> ==23 (requirements.txt)",
        "django ==4.1 -> ==4.2 (requirements.txt)",
        "react 17 -> absent (web/package.json)",
    ]


def test_a_name_finds_packages_like_it_that_did_not_change_too(tmp_path: Path) -> None:
    deployed = deployment(tmp_path, [{"files": BEFORE}, {"files": AFTER}])
    assert "requests ==2.0, not changed (requirements.txt)" in dependency_versions(deployed, "Request")
    assert dependency_versions(deployed, "numpy").startswith("no packages named like numpy; 2 manifests")


def test_a_manifest_that_cannot_be_parsed_names_nothing(tmp_path: Path) -> None:
    deployed = deployment(tmp_path, [{"files": {"package.json": "{"}}, {"files": {"package.json": "[[["}}])
    assert dependency_versions(deployed).startswith("no packages whose version the deploy changed; 1 manifests")


def test_a_lock_file_that_holds_a_package_twice_shows_both_versions(tmp_path: Path) -> None:
    """Two copies of one package are what breaks."""
    one = '"@sentry/types@7.1":\n  version "7.1.0"\n'
    both = f'{one}"@sentry/types@^7.2":\n  version "7.23.0"\n'
    deployed = deployment(tmp_path, [{"files": {"yarn.lock": one}}, {"files": {"yarn.lock": both}}])
    assert "@sentry/types 7.1.0 -> 7.1.0 and 7.23.0 (yarn.lock)" in dependency_versions(deployed, "sentry")
