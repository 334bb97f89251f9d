"""How much of the corpora is masked, and how long it takes: `python -m benchmarks.redaction [--against REVISION]`.

Prints correct results by section for this code and, with `--against`, for the code of another revision of this
repository in the same run, then the milliseconds for 100 kB of code, log and difficult text, and their ratio.
`--missed` lists the wrong results.
"""

import argparse
import importlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.traces import milliseconds, nasty
from tests.redaction_corpus import FOLDER, SECTIONS, entries, is_right
from tools.text.redaction import redact

Redactor = Callable[[str], str]
_HOUSE = Path(__file__).parent.parent
_SIZE = 100_000
# What took longest before judgements were counted: keys, numbers with check digits, long values, words of base64.
_HOSTILE = (
    "csrf=1,", "pass=x1y2;", "pass'", "api_key='", "key ", "user=x1y2;", "ssn=\n", " -p x", "token 1234567",
    "password=" + "a" * 990 + " ", "password='" + "a" * 1_990, "12345678Z,", "client 9.8.7.6 ", "2001:db8::1 ",
    "cGFzc3dvcmQ9YWJj ", "://a:b@c ", "+49 170 1234567,", "->login('a',",
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", metavar="REVISION", help="compare with the code of this revision")
    parser.add_argument("--missed", action="store_true", help="list what is not right")
    arguments = parser.parse_args()
    with _redactor_of(arguments.against) as other:
        columns = {"now": redact} | ({arguments.against: other} if other else {})
        for name in sorted(path.stem for path in FOLDER.glob("*.txt")):
            _print_right(name, columns, arguments.missed)
        _print_times(columns)


def _print_right(name: str, columns: dict[str, Redactor], missed: bool) -> None:
    found = entries(name)
    for section in SECTIONS:
        rows = [entry for entry in found if entry.section == section]
        for title, redactor in columns.items():
            right = [is_right(entry, redactor) for entry in rows]
            _write(f"{name:<10}{section:<12}{title:<12}{sum(right):>4} of {len(rows)} right")
            for entry, fine in zip(rows, right, strict=True):
                if missed and not fine and title == "now":
                    _write(f"    {entry.kind}: {entry.text[:110]!r}\n      -> {redactor(entry.text)[:140]!r}")


def _print_times(columns: dict[str, Redactor]) -> None:
    _write(f"{'100 kB of':<40}" + "".join(f"{title[:10]:>12}" for title in columns) + f"{'ratio':>8}")
    for name, text in _texts().items():
        times = [milliseconds(lambda text=text, redactor=redactor: redactor(text)) for redactor in columns.values()]  # type: ignore[misc]
        ratio = f"{times[0] / times[-1]:>8.2f}" if len(times) > 1 else ""
        _write(f"{name:<40}" + "".join(f"{each:>9.1f} ms" for each in times) + ratio)


def _texts() -> dict[str, str]:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(_HOUSE.glob("service/**/*.py")))
    log = "\n".join(entry.text for name in ("first",) for entry in entries(name)) * 20
    hostile = {f"repeats of {row[:24]!r}": row * (_SIZE // len(row)) for row in _HOSTILE}
    cut = {name: text[:_SIZE] for name, text in nasty().items()}
    return {"code": code[:_SIZE], "log full of secrets": log[:_SIZE]} | cut | hostile


@contextmanager
def _redactor_of(revision: str | None) -> Iterator[Redactor | None]:
    """Yield `redact` of another revision, loaded next to today's; None without a revision."""
    if revision is None:
        yield None
        return
    command = ["git", "-C", str(_HOUSE), "archive", revision, "tools/__init__.py", "tools/text"]
    archive = subprocess.run(command, check=True, capture_output=True).stdout
    mine = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "tools"}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
        for name in mine:
            del sys.modules[name]
        sys.path.insert(0, folder)
        try:
            other = importlib.import_module("tools.text.redaction").redact
        finally:
            sys.path.remove(folder)
            for name in [name for name in sys.modules if name.split(".")[0] == "tools"]:
                del sys.modules[name]
            sys.modules.update(mine)
        yield other


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
