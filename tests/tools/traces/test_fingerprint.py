"""Which errors are the same error."""

from incidents.trace import Failure, Frame, StackTrace
from tools.traces import signature
from tools.traces.fingerprint import normalised


def trace(message: str, *frames: Frame, kind: str = "KeyError") -> StackTrace:
    return StackTrace(language="python", failures=(Failure(type=kind, message=message, frames=frames),))


def frame(path: str, line: int, function: str = "f", repo_path: str | None = None) -> Frame:
    return Frame(path=path, line=line, function=function, repo_path=repo_path)


def test_numbers_ids_paths_and_lines_do_not_make_another_error() -> None:
    one = trace(
        "user 17 of 3f2a9c1e-0000-4000-8000-1234567890ab in /tmp/a/b.txt", frame("/srv/v1/x.py", 3, repo_path="x.py")
    )
    two = trace(
        "user 8 of 00000000-0000-4000-8000-1234567890ab in /tmp/c/d/e.txt", frame("/srv/v2/x.py", 9, repo_path="x.py")
    )
    assert signature(one) == signature(two)


def test_type_message_function_and_file_do() -> None:
    base = trace("no key", frame("/srv/x.py", 3, repo_path="x.py"))
    others = [
        trace("no key", frame("/srv/x.py", 3, repo_path="x.py"), kind="ValueError"),
        trace("no lock", frame("/srv/x.py", 3, repo_path="x.py")),
        trace("no key", frame("/srv/x.py", 3, "g", repo_path="x.py")),
        trace("no key", frame("/srv/y.py", 3, repo_path="y.py")),
    ]
    assert len({signature(each) for each in [base, *others]}) == 5


def test_library_frames_below_the_programs_own_do_not_count() -> None:
    own = frame("/srv/x.py", 3, repo_path="x.py")
    assert signature(trace("m", own)) == signature(trace("m", frame("/usr/lib/json.py", 1), own))


def test_normalisation_names_what_it_replaces() -> None:
    text = "a@b.org lost 0xdeadbeef at 10:30 in /var/lib/x, commit 0123abcd0123abcd"
    assert normalised(text) == "<mail> lost <hex> at <number>:<number> in <path>, commit <hex>"
