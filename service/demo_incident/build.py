"""Numbered folders become a real git repository, through git itself.

    commits/01-slug/src/Cart.php     a file as that commit leaves it
    commits/01-slug/.message         the commit message; `{03-slug}` stands for the sha of an earlier folder
    commits/01-slug/.deleted         paths that commit deletes, one a line
    commits/01-slug/.author          `Name <address>`, when it matters

Each commit is also a tag of its folder's name, so that an alert can name its revisions before they exist. Names and
times are fixed: the same folders always give the same shas.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

START = datetime(2025, 11, 18, 8, 0, tzinfo=UTC)
STEP = timedelta(minutes=17)
AUTHOR = "Ana Ruiz <ana@example.com>"
_NOTES = frozenset({".message", ".deleted", ".author"})
_SHA_OF = re.compile(rb"\{(\d\d-[a-z0-9-]+)\}")


def build_repository(commits: Path, target: Path) -> dict[str, str]:
    """A bare repository at `target` with one commit per folder, in order, on `main`. Folder name -> full sha."""
    _git(target, "init", "--quiet", "--bare", "--initial-branch=main", str(target))
    shas: dict[str, str] = {}
    with subprocess.Popen(
        ["git", "-C", str(target), "fast-import", "--quiet"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
    ) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        for number, folder in enumerate(sorted(path for path in commits.iterdir() if path.is_dir()), start=1):
            for part in _commit(folder, number, shas):
                git.stdin.write(part)
            shas[folder.name] = _sha(git.stdin, git.stdout, number)
    if git.returncode:
        raise RuntimeError(f"git fast-import failed with status {git.returncode}")
    return shas


def _commit(folder: Path, number: int, shas: dict[str, str]) -> Iterator[bytes]:
    """The commit of one folder, in the language of git fast-import."""
    at = f"{int((START + STEP * (number - 1)).timestamp())} +0000"
    author = _note(folder, ".author") or AUTHOR
    message = _SHA_OF.sub(lambda match: shas[match[1].decode()].encode(), (_note(folder, ".message") + "\n").encode())
    yield f"commit refs/heads/main\nmark :{number}\nauthor {author} {at}\ncommitter {author} {at}\n".encode()
    yield _data(message)
    for path in _note(folder, ".deleted").splitlines():
        yield f"D {path}\n".encode()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _NOTES):
        yield f"M 100644 inline {file.relative_to(folder).as_posix()}\n".encode() + _data(file.read_bytes())
    yield f"\nreset refs/tags/{folder.name}\nfrom :{number}\n\n".encode()


def _sha(stdin: IO[bytes], stdout: IO[bytes], number: int) -> str:
    stdin.write(f"get-mark :{number}\n".encode())
    stdin.flush()
    return stdout.readline().decode().strip()


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"


def _note(folder: Path, name: str) -> str:
    file = folder / name
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _git(target: Path, *arguments: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", *arguments], check=True, env=_environment())


def _environment() -> dict[str, str]:
    """Nothing of the caller's git reaches the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TEMPLATE_DIR": ""}
