"""Source and hunks side by side: around the failing line, coloured, escaped, and never for long."""

from pathlib import Path

from incidents.evidence import Evidence
from incidents.trace import Failure, Frame, StackTrace
from service.console.source_panels import panels
from tests.repositories import build


def test_source_and_hunk_stand_side_by_side_with_the_failing_line_marked(tmp_path: Path) -> None:
    versions = ("return cart.sum", "return cart['<b>']")
    path, (base, culprit) = build(
        tmp_path, [{"files": {"cart.py": f"def total(cart):\n    {each}\n"}} for each in versions]
    )
    frames = (
        Frame(path="cart.py", line=2, repo_path="cart.py", function="total"),
        Frame(path="x", line=9, repo_path="gone.py"),
    )
    evidence = Evidence(
        trace=StackTrace(failures=(Failure(frames=frames),)), base=base, deployed=culprit, none_probability=0.1
    )
    found = panels(path, evidence, culprit)
    assert [each.title for each in found.frames] == ["cart.py:2"]
    assert [(line.number, line.mark) for line in found.frames[0].lines] == [(1, ""), (2, ">")]
    assert [(line.number, line.mark) for line in found.hunks[0].lines] == [(2, "-"), (2, "+")]
    assert "<b>" not in found.hunks[0].lines[1].html
    assert "&lt;b&gt;" in found.hunks[0].lines[1].html


def test_a_repository_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    evidence = Evidence(trace=StackTrace(), base="a" * 40, deployed="b" * 40, none_probability=1)
    assert "source is not shown" in panels(tmp_path / "none", evidence, None).problem


def test_a_long_hunk_is_shown_around_the_failing_line(tmp_path: Path) -> None:
    long = "".join(f"value_{number} = {number}\n" for number in range(1, 400))
    path, (base, culprit) = build(tmp_path, [{"files": {"a.py": ""}}, {"files": {"a.py": long}}])
    trace = StackTrace(failures=(Failure(frames=(Frame(path="a.py", line=300, repo_path="a.py"),)),))
    found = panels(path, Evidence(trace=trace, base=base, deployed=culprit, none_probability=0.1), culprit)
    assert 300 in [line.number for line in found.hunks[0].lines]
    assert "359 more lines" in found.hunks[0].title


def test_the_hunk_that_holds_the_failing_line_comes_first_however_long_it_is(tmp_path: Path) -> None:
    old = "".join(f"old_{number}\n" for number in range(1, 30))
    new = old.replace("old_3\n", "changed\n") + "".join(f"new_{number}\n" for number in range(1, 300))
    path, (base, culprit) = build(tmp_path, [{"files": {"a.py": old}}, {"files": {"a.py": new}}])
    trace = StackTrace(failures=(Failure(frames=(Frame(path="a.py", line=40, repo_path="a.py"),)),))
    found = panels(path, Evidence(trace=trace, base=base, deployed=culprit, none_probability=0.1), culprit)
    assert found.hunks[0].title.startswith("a.py:30")


def test_lines_on_which_a_highlighter_never_ends_are_shown_plain(tmp_path: Path) -> None:
    path, (base, culprit) = build(tmp_path, [{"files": {"a.mcschema": ""}}, {"files": {"a.mcschema": "<!--" * 20}}])
    found = panels(path, Evidence(trace=StackTrace(), base=base, deployed=culprit, none_probability=0.1), culprit)
    assert found.hunks[0].lines[0].html == "&lt;!--" * 20


def test_lines_are_counted_as_git_counts_them_and_nothing_of_them_is_hidden(tmp_path: Path) -> None:
    text = "\x0c\nfirst = 1\u2028evil()\n"
    path, (base, culprit) = build(tmp_path, [{"files": {"a.txt": ""}}, {"files": {"a.txt": text}}])
    trace = StackTrace(failures=(Failure(frames=(Frame(path="a.txt", line=2, repo_path="a.txt"),)),))
    found = panels(path, Evidence(trace=trace, base=base, deployed=culprit, none_probability=0.1), culprit)
    assert [(line.number, line.mark, line.html) for line in found.frames[0].lines] == [
        (1, "", ""),
        (2, ">", "first = 1 evil()"),
    ]
    assert found.hunks[0].lines[1].html == "first = 1 evil()"
