"""What holds for every reader: no text crashes it, what is printed is read back, and what surrounds a trace does not matter."""

import contextlib
import io
import json
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import UnreadableTrace
from incidents.trace import Failure, Frame
from tests.tools.traces.drawn import DIGITS, LOWER, UPPER, numbered, word, word_of
from tests.tools.traces.large.test_large_logs import OTHERWISE
from tests.tools.traces.pieces import Piece, pieces
from tests.tools.traces.wrappings import BARE, bare
from tools.traces import parse
from tools.traces.errors import errors_in
from tools.traces.large import stream
from tools.traces.large.stream import read_errors
from tools.traces.unwrap.lines import read_log
from tools.traces.unwrap.printing import printed
from tools.traces.unwrap.structured import texts_of_json

WORD = word(LOWER, LOWER + DIGITS, 1, 7)
CLASS = word(UPPER, LOWER, 2, 7)
MESSAGE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
SUFFIX = {
    "python": "py",
    "javascript": "js",
    "java": "java",
    "php": "php",
    "ruby": "rb",
    "go": "go",
    "csharp": "cs",
    "rust": "rs",
}


def frame(language: str, chance: Random) -> Frame:
    """A frame as the language prints it."""
    folders = [word_of(chance, LOWER, LOWER + DIGITS, 1, 7) for _ in range(chance.randint(1, 3))]
    name = word_of(chance, UPPER, LOWER, 2, 7)
    path = "/".join([*folders, f"{name}.{SUFFIX[language]}"])
    owner = ".".join([*folders, name]) if language == "java" else None
    path = path if language == "java" else "/" + path
    function = word_of(chance, LOWER, LOWER + DIGITS, 1, 7)
    return Frame(path=path, line=chance.randint(1, 9_999), function=function, class_name=owner)


def frames(language: str) -> st.SearchStrategy[Frame]:
    """The strategy of `frame`."""
    return numbered(partial(frame, language))


@st.composite
def failures(draw: st.DrawFn, language: str) -> list[Failure]:
    """A chain, root cause first; of Go and Rust one failure, whose kind is `panic`."""
    made = []
    for number in range(draw(st.integers(1, 1 if language in ("go", "rust") else 3))):
        rows = draw(
            st.lists(frames(language), min_size=1, max_size=6, unique_by=lambda frame: (frame.path, frame.line))
        )
        package = "com.acme." if language == "java" else ""
        kind = "panic" if language in ("go", "rust") else f"{package}{draw(CLASS)}Error"
        made.append(Failure(type=kind, message=f"{draw(MESSAGE)} x{number}", frames=tuple(rows)))
    return made


def plain(chain: object) -> list[object]:
    """What is compared: columns are not printed by every language, PHP moves names by one row."""
    assert isinstance(chain, list | tuple)
    return [
        (each.type, each.message, [(frame.path, frame.line, frame.function) for frame in each.frames]) for each in chain
    ]


@pytest.mark.parametrize("language", SUFFIX)
@given(data=st.data())
def test_what_a_language_prints_is_read_back(language: str, data: st.DataObject) -> None:
    chain = data.draw(failures(language))
    trace = parse(printed(language, chain))
    assert trace.language == language
    read, expected = plain(trace.failures), plain(chain)
    if language == "php":  # it prints no name for the outermost frame
        expected = [(kind, text, [*rows[:-1], (*rows[-1][:2], None)]) for kind, text, rows in expected]  # type: ignore[misc, has-type]
    assert read == expected


CUES = st.sampled_from(
    [
        *(
            "Traceback (most recent call last):",
            '  File "a.py", line 1, in f',
            "\tat a.b.C.d(C.java:1)",
            "    at f (a.js:1:2)",
        ),
        *("#0 /a.php(1): f()", "panic: x", "goroutine 1 [running]:", "\t/a.go:1 +0x1", "a.rb:1:in `b'", "** (E) m"),
        *("   at A.B() in /a.cs:line 1", "Caused by: a.B: c", "thread 'main' panicked at a.rs:1:1:", "   0: a::b"),
        *(
            "             at a.rs:1:1",
            '{"stack_trace":"',
            '"}',
            "[object] (T(code: 0): m at /a.php:1)",
            "E   assert",
            "a.py:1: E",
        ),
        *(
            "____ t ____",
            "f @ a.js:1",
            "a@http://b/c.js:1:2",
            "> ",
            "0. /a.php line 1",
            "   f()",
            "terminate called after",
        ),
        *(
            "a-1  | ",
            "2026-01-15T09:41:02Z ",
            "[ERROR] KeyError: 'x'",
            "^^^^):",
            "Did you mean?",
            "=" * 40,
            "\\n",
            "\x1b[31m",
        ),
        *(
            "“",
            "&quot;",
            "<pre>",
            "<br>",
            "]]>",
            "Type: T",
            "File: a.php",
            "Line: 3",
            "Trace: #0 /a.php(1): f()",
            "- ",
            "| ",
            '"a",',
        ),
        *(
            "2026-01-15 09:41:02 ",
            "2026-01-15 09:41:01 ",
            "@t,@message",
            "error_class=E",
            ':b=>["a.rb:1:in `b\'", "c.rb:2:in `d\'"]',
        ),
    ]
)


@given(st.lists(CUES | st.text(max_size=20) | st.just("\n"), max_size=40).map("".join))
def test_no_text_crashes_a_reader(text: str) -> None:
    trace = parse(text)
    assert all(isinstance(failure.message, str) for failure in trace.failures)
    with contextlib.suppress(UnreadableTrace):
        read_errors(io.BytesIO(text.encode("utf-8", "replace")))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=20) | CUES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["stack", "Trace", "frames", "file", "line", "type", "error.type", "exception", "values", "cause"]
                ),
                inner,
            )
        ),
        max_leaves=20,
    ).map(json.dumps)
)
def test_no_record_crashes_the_unwrapping(text: str) -> None:
    assert texts_of_json(text) is None or isinstance(texts_of_json(text), str)
    parse(text)


TAILS = {
    "an access log": 'INFO:     10.0.0.1:1 - "GET / HTTP/1.1" 200 OK',
    "a record in JSON": '{"level": "info", "msg": "next"}',
    "a time": "2026-01-15T09:41:03Z INFO next",
    "a fence": "```\n\nDoes anybody know why?",
    "an exit": "exit status 2",
}


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("language", BARE)
def test_the_next_record_is_no_part_of_the_message(language: str, tail: str) -> None:
    assert parse(f"{BARE[language]}\n{TAILS[tail]}\n") == bare(language)


@pytest.mark.parametrize("language", BARE)
def test_a_line_without_the_prefix_of_the_trace_is_no_part_of_it(language: str) -> None:
    shipped = "\n".join(f"edge-7/{n} ~ {line}" for n, line in enumerate(BARE[language].split("\n"), start=10))
    assert parse(f"{shipped}\nworker left\n") == bare(language)


# Read where they stand alone; in a large log nothing about their lines says where a trace begins (docs/reading-logs.md).
ONLY_ALONE = (
    "an export as CSV with doubled quotes",
    "a compose log that a narrow terminal broke, each line filled up with blanks",
    "an error's record printed over several lines, the exception under the message",
    "a platform's JSON, the throwable with short names for class, method and line",
    ".NET: a developer's page, copied",
    "JavaScript: firefox's grouped rows, the place at the end is a link",
    "PHP: a page with blanks in its type",
    "Ruby: a template's error with its code and no rows",
    "Rust: an error with causes, no row, compose",
    "PHP: a console's box without a trace",
    "JavaScript: a rejected object, again and again",
    "Java: a type with its translation in brackets",
    ".NET: Chinese rows in one line",
    ".NET: a tracker's labels, the type in backticks",
    "Python: a task's warning in backticks",
    "Ruby: a message and its suggestions alone",
    "Ruby: a message between sentences",
    "Ruby: a message in backticks that holds one",
    "Ruby: a method's name over two lines, no rows",
    "Ruby: a package manager's error",
    "Ruby: a suggestion inside of the brackets, no rows",
    "Ruby: quoted in a sentence, code in the fence",
    "Ruby: RSpec's failure without a place, the example's command below",
    "PHP: a warning without its name, a place with a colon",
    "PHP: words of a person before and behind a message",
    "Go: log.Fatal",
    "Kotlin: an editor's debugger, frames copied out of it",
    "no language: a Python worker tells of another service's deadline",
    "Python: a tracker names a file and a function without a line",
    "Ruby: a migration's abort without type and rows",
    "JS: a tracker's issue in bold labels, a code in brackets behind the type",
    "PHP: an old uncaught exception quoted in a mail's mark, no place",
    "JS: node's code behind the type, in a person's paragraph",
    "Kotlin: the compiler's places in brackets, paths with blanks",
    "Go: a stack of objects in JSON over several lines",
    "Java: one record in backticks that ends with a type",
    "Rust: tracing's pretty form",
    "Java: a debugger's frames, methods before places",
    "a record whose escapes were undone",
    "Python: a function service's answer in backticks, type and message as fields",
    "Python: a tracker's heading in bold, rows with a dash before the function",
    "Ruby: an expectation's type below its text, the step's file",
    "Python: a playbook's answer, a syntax error without a traceback escaped in JSON",
    "Ruby: a job's record printed over lines, class and message of the error among its fields",
    "PHP: PHP's own server, a time with a weekday, a place with a hash mark",
    "Ruby: a view's place in a sentence, the message in a paragraph of its own",
)
# Every other piece is read in a large log as it is read alone (`test_large_logs`), and alone as a person reads it: found it is, too.
FRAMED = [
    piece
    for piece in pieces()
    if piece.label in OTHERWISE and piece.language and len(piece.text) < 3_000 and piece.name not in ONLY_ALONE
]


# On both sides of a trace it makes more than a text that is read at once: here a small one.
AT_ONCE = 5_000
QUIET = b"".join(b"2026-01-15T09:41:02.%03dZ INFO [worker] handled request %d\n" % (n % 1000, n) for n in range(60))
assert AT_ONCE < 2 * len(QUIET) < stream.SMALL


@pytest.mark.parametrize("piece", FRAMED, ids=lambda piece: piece.label)
def test_what_is_read_otherwise_in_a_large_log_is_found_there_in_its_language(
    piece: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SMALL", AT_ONCE)
    found = read_errors(io.BytesIO(QUIET + piece.text.encode() + b"\n" + QUIET)).errors
    assert piece.language in {error.trace.language for error in found}


def test_every_family_reads_nothing_out_of_ordinary_lines() -> None:
    log = read_log("".join(f"INFO request {n} handled in {n} ms by shop.api\n" for n in range(500)))
    assert list(errors_in(log)) == []
