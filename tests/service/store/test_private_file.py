"""What a SQLite store leaves on the disk is for one user only."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from graph.checkpoints import threads
from service.settings import Settings
from service.store.checkpoints import checkpoints
from service.store.private_file import make_private
from service.store.store import Store
from tests.service.stand_ins import alert


def modes(folder: Path) -> dict[str, str]:
    return {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}


async def filled(folder: Path) -> dict[str, str]:
    """Write into a store there; the permissions of all its files while it is open."""
    address = Settings(store_url=f"sqlite:///{folder}/store.sqlite3").store_address()
    store = Store(address)
    await store.migrate()
    await store.intake.accept(alert(), "{}")
    async with checkpoints(address) as kept:
        await threads(kept)
        found = modes(folder)
    await store.close()
    return found


async def test_its_files_and_the_folder_that_is_made_for_it_are_private(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        found = await filled(tmp_path / "data" / "redtide")
    finally:
        os.umask(before)
    assert {"store.sqlite3", "store.sqlite3-wal", "store.sqlite3-shm", "store-checkpoints.sqlite3"} <= set(found)
    assert set(found.values()) == {"0o600"}
    assert folder_mode(tmp_path / "data" / "redtide") == "0o700"


async def test_a_store_that_others_could_read_is_closed_to_them_and_its_folder_left_alone(tmp_path: Path) -> None:
    await filled(tmp_path)
    opened_to_all(tmp_path)
    assert set((await filled(tmp_path)).values()) == {"0o600"}
    assert folder_mode(tmp_path) == "0o755"


LOCKED = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


def test_the_locks_of_this_process_on_an_open_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    writing = sqlite3.connect(file, isolation_level=None)
    writing.execute("CREATE TABLE some (one)")
    writing.execute("BEGIN IMMEDIATE")
    make_private(file)
    said = subprocess.run([sys.executable, "-c", LOCKED, str(file)], check=True, capture_output=True, text=True).stdout
    writing.close()
    assert said == "database is locked\n"


def test_a_log_that_its_last_user_removes_at_that_moment_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, owner = tmp_path / "store.sqlite3", os.geteuid()
    make_private(file)
    log = file.with_name("store.sqlite3-wal")
    log.touch()
    asked: list[Path] = []

    def removed() -> int:
        asked.append(log)
        if len(asked) == 2:  # the log's owner is asked for after the file's
            log.unlink()
        return owner

    monkeypatch.setattr(os, "geteuid", removed)
    make_private(file)
    assert not log.exists()


def opened_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)


def folder_mode(folder: Path) -> str:
    return oct(folder.stat().st_mode & 0o777)
