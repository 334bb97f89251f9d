"""Guards of the whole suite: no network but this machine's loopback, and none of the user's own git configuration."""

from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest
from pytest_socket import enable_socket, socket_allow_hosts

pytest_plugins = ["tests.serve_llm"]  # one cluster and one engine for every room that needs them


@pytest.fixture(autouse=True)
def only_loopback() -> Iterator[None]:
    """A test that reaches for the internet fails at once instead of depending on it."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session", autouse=True)
def no_git_configuration_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Names, hooks, templates and signing of whoever runs the suite must not reach its repositories."""
    empty: Path = tmp_path_factory.mktemp("no-git-config")
    levels = (pygit2.enums.ConfigLevel.GLOBAL, pygit2.enums.ConfigLevel.XDG, pygit2.enums.ConfigLevel.SYSTEM)
    for level in levels:
        pygit2.settings.search_path[level] = str(empty)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
