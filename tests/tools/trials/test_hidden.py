"""What the sandbox hides of a home folder, and the programs there that a command still finds."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.trials.bubblewrap import needed
from tests.tools.trials.test_sandbox import inside
from tools.trials.hidden import covered
from tools.trials.sandbox import sandbox

pytestmark = needed
_SECRETS = (
    *(
        ".config/git/credentials",
        ".git-credentials",
        ".ssh/id",
        ".my.cnf",
        ".s3cfg",
        ".composer/auth.json",
        ".config/hub",
    ),
    *(
        ".gradle/gradle.properties",
        ".bundle/config",
        ".config/containers/auth.json",
        ".config/glab-cli/config.yml",
        ".env",
    ),
    *(
        ".config/pip/pip.conf",
        ".python_history",
        ".local/share/fish/fish_history",
        ".cargo/credentials",
        ".m2/settings.xml",
    ),
    *(".terraform.d/credentials.tfrc.json", ".cache/huggingface/token", ".yarnrc.yml", ".a-program-of-next-year/token"),
    *("snap/aws-cli/1/.aws/credentials", ".local/share/uv/credentials/one.json", ".gem/credentials"),
)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Not below /tmp, which a sandbox does not see anyway."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="redtide-test-home-") as folder:
        monkeypatch.setenv("HOME", folder)
        yield Path(folder)


def put(path: Path, text: str = "SECRET\n", mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def program(path: Path) -> Path:
    return put(path, f"#!/bin/sh\necho {path.name} runs\n", 0o700)


def test_no_credential_of_the_home_is_read(home: Path, tmp_path: Path) -> None:
    for name in _SECRETS:
        put(home / name)
    look = f'test -z "$(grep -rl SECRET {home} 2>/dev/null)"'
    assert subprocess.run(["sh", "-c", look], check=False).returncode == 1
    assert inside(tmp_path, look) == 0


def test_a_home_beside_programs_of_the_system_is_hidden_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.trials.hidden._SYSTEM", ("/var/tmp",))  # as /opt, for a service that lives there
    secret = put(home / ".netrc")
    assert inside(tmp_path, f"grep -q SECRET {secret}") != 0


def test_what_has_no_dot_is_still_read(home: Path, tmp_path: Path) -> None:
    assert inside(tmp_path, f"grep -q SECRET {put(home / 'notes.txt')}") == 0


@pytest.mark.parametrize("place", ["home", "beside", "tmp"])
@pytest.mark.parametrize("name", [".ssh/", ".config/gh/", ".npmrc", ".config/git/credentials", ".docker/config.json"])
def test_a_link_hides_what_it_leads_to(home: Path, tmp_path: Path, place: str, name: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp" if place == "tmp" else "/var/tmp") as beside:
        kept = (home if place == "home" else Path(beside)) / "dotfiles"
        target, link = kept / "of-this", home / name
        secret = put(target / "id" if name.endswith("/") else target)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
        assert inside(tmp_path, f"cat {link} {link}/id {secret} | grep -q SECRET") == 1
        assert inside(tmp_path, "true") == 0


def test_links_that_lead_nowhere_in_a_circle_or_to_everything_break_nothing(home: Path, tmp_path: Path) -> None:
    for name, target in (
        (".nowhere", "/not/here"),
        (".circle", ".circle"),
        (".all", "/"),
        (".up", ".."),
        (".jdk", "/usr"),
    ):
        (home / name).symlink_to(target)
    assert inside(tmp_path, "ls /usr/bin > /dev/null") == 0
    assert not {Path("/"), Path("/usr"), home.parent}.intersection(covered())


def test_nothing_is_written_to_what_is_hidden(home: Path, tmp_path: Path) -> None:
    put(home / ".cache/token")
    assert inside(tmp_path, f"touch {home}/.cache/x || exit 1") == 1


def test_a_work_tree_below_what_is_hidden_is_written(home: Path) -> None:
    put(home / ".cache/token")
    tree = home / ".cache/trials/tree"
    tree.mkdir(parents=True)
    assert inside(tree, f"touch here && test ! -e {home}/.cache/token") == 0
    assert (tree / "here").exists()
    assert inside(home / ".cache", "touch here") == 0


@pytest.mark.parametrize(
    "name",
    [
        *(
            ".pyenv/shims/python9",
            ".rbenv/shims/ruby",
            ".rubies/ruby-3.4/bin/ruby",
            ".cargo/bin/cargo",
            ".goenv/shims/go",
        ),
        *("go/bin/tool", ".nvm/versions/node/v22/bin/node", ".local/bin/uv", ".asdf/shims/erl", "miniconda3/bin/conda"),
        *(".volta/bin/node", ".sdkman/candidates/java/current/bin/java", ".local/share/mise/shims/go", ".bun/bin/bun"),
    ],
)
def test_toolchains_of_the_home_run(home: Path, tmp_path: Path, name: str) -> None:
    assert inside(tmp_path, f"{program(home / name)} | grep runs") == 0


def test_what_the_path_names_runs_with_its_libraries_and_without_the_rest(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(home / ".own/tools/bin/own")
    put(home / ".own/tools/lib/library")
    put(home / ".own/token")
    monkeypatch.setenv("PATH", f"{home}/.own/tools/bin", prepend=os.pathsep)
    assert inside(tmp_path, f"own && cat {home}/.own/tools/lib/library") == 0
    assert inside(tmp_path, f"cat {home}/.own/token") != 0


@pytest.mark.parametrize("name", [".venv", ".virtualenvs/app", "app/.venv", ".mine/env"])
def test_a_virtual_environment_of_the_home_runs(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / name)], check=True)
    package = next((home / name / "lib").glob("python*/site-packages")) / "of_this_one.py"
    package.write_text("found = True\n")
    monkeypatch.setenv("PATH", f"{home / name}/bin", prepend=os.pathsep)
    assert inside(tmp_path, "python -c 'import of_this_one, ssl, ctypes'") == 0
    assert inside(tmp_path, f"{home / name}/bin/python -c 'import of_this_one'") == 0


def test_a_toolchain_that_a_link_leads_to_runs(home: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as beside:
        program(Path(beside) / "pyenv/shims/python9")
        program(Path(beside) / "cargo/bin/cargo")
        put(Path(beside) / "cargo/credentials.toml")
        (home / ".pyenv").symlink_to(f"{beside}/pyenv")
        (home / ".cargo").symlink_to(f"{beside}/cargo")
        assert inside(tmp_path, f"{home}/.pyenv/shims/python9") == 0
        assert inside(tmp_path, f"{beside}/cargo/bin/cargo") == 0
        assert inside(tmp_path, f"cat {beside}/cargo/credentials.toml") != 0


def test_the_home_of_the_account_is_hidden_where_another_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(home / ".netrc")
    monkeypatch.setenv("HOME", str(tmp_path))
    entry = type("Entry", (), {"pw_dir": str(home)})
    monkeypatch.setattr("tools.trials.hidden.pwd.getpwuid", lambda _: entry)
    assert home / ".netrc" in covered()


def test_an_account_without_an_entry_and_without_a_home_has_a_sandbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unknown(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("tools.trials.hidden.pwd.getpwuid", unknown)
    assert covered() == ()
    assert sandbox(tmp_path) is not None
