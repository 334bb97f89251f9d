"""Guards of the whole suite: no network but this machine's loopback, and none of the user's own git configuration."""

import gc
import os
import ssl
from collections.abc import Generator, Hashable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pygit2
import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import enable_socket, socket_allow_hosts

from service.cluster.ray_access import close_to_others
from tests.compiled_once import compiled_once
from tests.memory import work_in_memory

close_to_others()  # before any test imports Ray, which reads its mode then
work_in_memory()  # before pytest chooses the folder for all tests
gc.disable()  # while files are read nothing becomes garbage; looking for it took a third of that time

# One cluster, one engine, one service, one browser and one log store for every room that needs them.
pytest_plugins = ["tests.serve_llm", "tests.service.shared_service", "tests.service.browser", "tests.elastic.fixtures"]

_CLUSTER = "ray or vllm"  # what `make cluster-test` asks for
_MARKS = (b"mark.ray", b"mark.vllm")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Reading all files to find a few tests takes longer than most of those tests: a file without their marks is not read."""
    if config.option.markexpr != _CLUSTER or not collection_path.match("test_*.py"):
        return None
    return not _shows_marks(collection_path) or None


def _shows_marks(file: Path) -> bool:
    content = file.read_bytes()
    return any(mark in content for mark in _MARKS)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A test whose mark comes from another file would run nowhere: the suite leaves it out, and the cluster does not read it."""
    report = yield
    if hidden := [each.nodeid for each in report.result or () if _is_hidden(each)]:
        report.outcome, report.result = "failed", []
        report.longrepr = f"{hidden[0]}: write its mark in this file, as pytest.mark.ray or pytest.mark.vllm"
    return report


def _is_hidden(node: pytest.Item | pytest.Collector) -> bool:
    marked = isinstance(node, pytest.Item) and any(map(node.get_closest_marker, ("ray", "vllm")))
    return marked and not _shows_marks(node.path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a cluster or a service come last, one after another: as long as it runs it takes a tenth of a processor."""
    later = ("second_life", "shared", "one_cluster")
    items.sort(key=lambda item: [name in getattr(item, "fixturenames", ()) for name in later])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What has been read stays until the end: it is not looked through again. What tests leave is looked for rarely."""
    try:
        with compiled_once():
            return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


# No test is about time: a busy machine is no failure. In continuous integration the examples are the same every time.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("untimed", _UNTIMED)
settings.register_profile("ci", _UNTIMED, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "untimed")


_ADDRESSES: dict[str, set[str]] = {}
"""Of each host that tests may reach: looked up once, not before every test."""


@pytest.fixture(autouse=True)
def only_loopback() -> Iterator[None]:
    """A test that reaches for the internet fails at once instead of depending on it."""
    real = urlsplit(os.environ.get("REDTIDE_TEST_ELASTICSEARCH_URL", "")).hostname
    hosts = ["127.0.0.1", "::1", "localhost", *([real] if real else [])]
    socket_allow_hosts(hosts, allow_unix_socket=True, resolution_cache=_ADDRESSES)
    yield
    enable_socket()


@pytest.fixture(scope="session", autouse=True)
def certificates_are_read_once() -> Iterator[None]:
    """Reading those of this machine takes longer than most tests, and every new HTTP client does it."""
    read, known = ssl.create_default_context, dict[Hashable, ssl.SSLContext]()

    def remembered(*given: Any, **named: Any) -> ssl.SSLContext:  # noqa: ANN401 (what create_default_context takes)
        key = (given, *named.items(), os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        if key not in known:
            known[key] = read(*given, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", remembered)
        yield


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
