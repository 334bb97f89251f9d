"""Run pytest many times in forks of one process, and write how each test ended, with full tracebacks.

`benchmarks.regressions` starts it with the interpreter of another repository's environment, so it needs only pytest.
Starting an interpreter and importing pytest takes longer than most tests.
"""

import contextlib
import gc
import importlib
import importlib.abc
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

LESSONS = 3  # number of runs whose imports are preloaded


class Witness:
    """A pytest plugin that writes one JSON object per line for every test that passed or failed."""

    def __init__(self, report: str) -> None:
        self.report = Path(report)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        """Run after the other hooks: pytest itself puts unittest's exceptions into `call` in a hook."""
        outcome = yield
        report = outcome.get_result()
        if report.when == "call" and not hasattr(report, "wasxfail") and report.outcome != "skipped":
            with self.report.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"test": report.nodeid, "died": _death(call) if report.failed else None}) + "\n")


def _death(call: pytest.CallInfo[None]) -> dict[str, str]:
    if call.excinfo is None:
        return {"exception": "", "message": "", "trace": ""}
    kind, error = call.excinfo.type, call.excinfo.value
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    trace = "".join(traceback.format_exception(kind, error, call.excinfo.tb))
    return {"exception": name, "message": str(error), "trace": trace}


class Guard(importlib.abc.MetaPathFinder):
    """Detect that a dependency imports the library under test, which may differ at the next run."""

    def __init__(self, ours: set[str]) -> None:
        self.ours, self.touched = ours, False

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Record the import; never find anything."""
        self.touched = self.touched or name.partition(".")[0] in self.ours


def _warm() -> None:
    """Let pytest import its own modules, but no plugin: a plugin may be the library under test."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", folder, folder])


def _learn(seen: Path) -> None:
    """Import what a run imported from outside the checkout, so that later forks have it.

    Imports that lead into the checkout are undone.
    """
    ours, theirs = json.loads(seen.read_text(encoding="utf-8"))
    guard = Guard(set(ours))
    sys.meta_path.insert(0, guard)
    for name in theirs:
        before, guard.touched = set(sys.modules), False
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
        for new in set(sys.modules) - before if guard.touched else ():
            del sys.modules[new]
    sys.meta_path.remove(guard)
    gc.freeze()


def _child(report: str, checkout: str, roots: list[str], words: list[str]) -> None:
    os.setsid()
    os.chdir(checkout)
    sys.path[:1] = roots  # instead of this file's folder
    os.environ["PYTHONPATH"] = os.pathsep.join(roots)
    pytest.main(words, plugins=[Witness(report)])
    files = {name: str(getattr(module, "__file__", None)) for name, module in sys.modules.items()}
    ours = {name.partition(".")[0] for name, file in files.items() if file.startswith(f"{checkout}/")}
    theirs = [
        name for name, file in files.items() if file != "None" and name.partition(".")[0] not in ours | {"__main__"}
    ]
    Path(f"{report}.modules").write_text(json.dumps([sorted(ours), theirs]), encoding="utf-8")


def _wait(pid: int, seconds: float) -> None:
    """Wait until the run ends or its time is up, then kill whatever it started."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and os.waitpid(pid, os.WNOHANG)[0] == 0:
        time.sleep(0.01)
    try:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def main() -> None:
    """Do one run for every line on stdin, and write a line to stdout when it has ended."""
    out = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _warm()
    for number, line in enumerate(sys.stdin):
        asked = json.loads(line)
        seen = Path(asked["report"] + ".modules")
        pid = os.fork()
        if pid == 0:
            os.dup2(nowhere, 0)
            try:
                _child(asked["report"], asked["checkout"], asked["roots"], asked["words"])
            finally:
                os._exit(0)
        _wait(pid, asked["seconds"])
        if number < LESSONS and seen.exists():
            _learn(seen)
        out.write("ended\n")
        out.flush()


if __name__ == "__main__":
    main()
