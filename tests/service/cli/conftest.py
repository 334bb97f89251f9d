"""The sample incident's repository, and `redtide` run as a person runs it: in this process, or as one of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import keyring
import keyring.core
import pytest
from keyring.backends.null import Keyring as Null

from service.cli import main, parser
from service.demo_incident import SAMPLE
from service.settings import Settings
from tests.recorded import Recorded, load
from tests.service.cli.labelled import labelled_folder
from tests.service.cli.live_service import ANA, Live, live_service
from tests.service.cli.ran import Ran, RedTide
from tests.service.cli.words import alert_options
from tests.service.dying import die_with_us
from tests.service.served import without_pandas


@pytest.fixture(scope="session", autouse=True)
def options_are_declared_once() -> Iterator[None]:
    """Those of all commands, as in a process that runs one of them: a parser keeps nothing of what it has read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "build_parser", cache(parser.build_parser))
        yield


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The demo's recorded incident with its repository."""
    return load(SAMPLE, tmp_path_factory.mktemp("sample"))


@pytest.fixture
def trace_file(sample: Recorded) -> str:
    """The sample's log."""
    return str(sample.folder / "trace.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Repositories and labelled cases, good and broken ones."""
    return labelled_folder(tmp_path)


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model or store configured in the environment must not reach a test."""
    for name in [name for name in os.environ if name.startswith("REDTIDE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_login_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the user's file nor the system's keyring is read or written; a keyring that stores nothing is no keyring."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(keyring.core, "_keyring_backend", Null())  # type: ignore[no-untyped-call]


@pytest.fixture
def redtide(capsys: pytest.CaptureFixture[str]) -> RedTide:
    """Run a command in this process."""

    def run(*arguments: str) -> Ran:
        try:
            status = main(list(arguments))
        except SystemExit as stop:
            status = int(stop.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture
def redtide_piped(redtide: RedTide, monkeypatch: pytest.MonkeyPatch) -> RedTide:
    """Run a command in this process; `stdin` is what the pipe holds that it reads, at most 64 kilobytes."""

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        read_from, written_to = os.pipe()
        os.write(written_to, stdin)
        os.close(written_to)
        with os.fdopen(read_from, encoding="utf-8") as pipe, monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", pipe)
            return redtide(*arguments)

    return run


@pytest.fixture
def redtide_process() -> RedTide:
    """Run a command as a process; `stdin` is what it reads."""

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        root = Path(__file__).parents[3]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REDTIDE_")}
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", *arguments],
            input=stdin,
            capture_output=True,
            cwd=root,
            env=environment | {"PYTHONPATH": without_pandas()},
            check=False,
            preexec_fn=die_with_us,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def live(sample: Recorded, tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A service that knows the sample's repository; Ana's token is in the environment."""
    repository = Path(shutil.copytree(sample.repository, tmp_path / "shop.git"))
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    with live_service(Settings(store_url=store_url, repositories={"shop": repository})) as running:
        yield running


@pytest.fixture
def alerted(live: Live, sample: Recorded, redtide: RedTide) -> str:
    """The id of an incident made by hand, whose verdict is there."""
    ran = redtide("alert", "--server", live.url, "--quiet", *alert_options(sample))
    assert ran.status == 0, ran.err
    incident = ran.out.strip()
    assert redtide("watch", incident, "--server", live.url, "--interval", "0.05").status == 0
    return incident
