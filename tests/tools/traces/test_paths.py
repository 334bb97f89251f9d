"""Production paths and the files of a repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Failure, Frame, StackTrace
from tools.traces import PathIndex, map_to_repository

INDEX = PathIndex(
    [
        "src/a/B.php",
        "src/Command.php",
        "__init__.py",
        "main.py",
        "lib/x.js",
        "pkg/__init__.py",
        "pkg/sub/__init__.py",
        "utils/__init__.py",
        "app/models/user.rb",
        "mod/src/main/java/org/x/Y.java",
        "m2/src/main/java/org/x/Z.java",
        "m3/src/main/java/org/x/Z.java",
        "vendor/acme/y.php",
        "src/applications/F.php",
    ]
)


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("src/a/B.php", "src/a/B.php"),
        ("/srv/app/src/a/B.php", "src/a/B.php"),
        ("C:\\srv\\app\\src\\a\\B.php", "src/a/B.php"),
        ("./src/../src/a/B.php", "src/a/B.php"),
        ("phar:///srv/tool.phar/src/a/B.php", "src/a/B.php"),
        ("file:///srv/lib/x.js?v=1#top", "lib/x.js"),
        ("webpack-internal:///./lib/x.js", "lib/x.js"),
        ("webpack://app/./lib/x.js", "lib/x.js"),
        ("<program>/src/applications/F.php", "src/applications/F.php"),
        ("org/x/Y.java", "mod/src/main/java/org/x/Y.java"),
        ("jar:file:/srv/app.jar!/org/x/Y.java", "mod/src/main/java/org/x/Y.java"),
        ("/srv/app/vendor/acme/y.php", "vendor/acme/y.php"),
        ("/usr/lib/python3/site-packages/pkg/__init__.py", "pkg/__init__.py"),
        ("B.php", "src/a/B.php"),
        ("main.py", "main.py"),
    ],
)
def test_a_path_maps_when_one_of_both_is_the_whole_end_of_the_other(printed: str, path: str) -> None:
    assert INDEX.locate(printed) == path


@pytest.mark.parametrize(
    "printed",
    [
        "vendor/x/src/Command.php",
        "/srv/app/vendor/x/src/Command.php",
        "/usr/lib/python3/x/__init__.py",
        "/usr/lib/python3/dist-packages/foo/utils/__init__.py",
        "/srv/other/a/B.php",
        "org/x/Z.java",
        "",
        "/",
        "..",
        "C:\\",
    ],
)
def test_a_path_of_another_program_or_of_several_files_maps_to_none(printed: str) -> None:
    assert INDEX.locate(printed) is None


def mapped(*paths: str, language: str = "python", index: PathIndex = INDEX) -> list[str | None]:
    frames = tuple(Frame(path=path, line=at + 1) for at, path in enumerate(paths))
    trace = StackTrace(language=language, failures=(Failure(type="E", message="m", frames=frames),))
    result = map_to_repository(trace, index)
    assert result.failures[0].type == "E"
    return [frame.repo_path for frame in result.failures[0].frames]


def test_a_file_at_the_root_must_agree_with_where_the_others_are_deployed() -> None:
    assert mapped("/srv/app/pkg/sub/__init__.py", "/usr/lib/python3/x/__init__.py", "/srv/app/main.py") == [
        "pkg/sub/__init__.py",
        None,
        "main.py",
    ]
    assert mapped("/srv/app/main.py", "/usr/lib/python3/x/__init__.py") == ["main.py", None]
    assert mapped("/usr/lib/python3/x/__init__.py") == [None]


def test_a_dependency_below_the_deployed_directory_is_not_of_the_repository() -> None:
    assert mapped("/srv/app/src/a/B.php", "/srv/app/vendor/x/src/Command.php") == ["src/a/B.php", None]
    assert mapped("/srv/app/vendor/acme/y.php", "/srv/app/src/a/B.php") == ["vendor/acme/y.php", "src/a/B.php"]


def test_bare_names_of_the_javascript_run_time_are_not_of_the_repository() -> None:
    index = PathIndex(["lib/events.js", "lib/x.js", "events.js"])
    assert mapped("events.js", "/srv/lib/x.js", language="javascript", index=index) == [None, "lib/x.js"]


def test_a_module_seen_elsewhere_in_the_trace_settles_an_ambiguous_file() -> None:
    index = PathIndex(["m1/src/org/x/A.java", "m1/src/org/x/Z.java", "m2/src/org/x/Z.java"])
    assert mapped("org/x/A.java", "org/x/Z.java", language="java", index=index)[1] == "m1/src/org/x/Z.java"


def test_a_program_deployed_from_a_part_of_the_repository_is_found_when_several_files_agree() -> None:
    index = PathIndex(["backend/src/api/a.py", "backend/src/api/b.py", "frontend/src/c.js", "backend/main.py"])
    assert mapped("/srv/app/src/api/a.py", "/srv/app/src/api/b.py", "/usr/lib/python3/json/x.py", index=index) == [
        "backend/src/api/a.py",
        "backend/src/api/b.py",
        None,
    ]
    assert mapped("/srv/other/api/a.py", index=index) == [None]


PART = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
PATH = st.lists(PART, min_size=3, max_size=6).map("/".join).map(lambda path: path + ".py")


@given(st.sets(PATH, min_size=1, max_size=20), st.lists(PART, max_size=3))
def test_every_deployed_file_finds_itself(paths: set[str], root: list[str]) -> None:
    index = PathIndex(paths)
    for path in paths:
        located = index.locate("/".join(["", *root, path]))
        assert located is not None
        assert located.endswith(path), "a longer file may explain it even better"


@given(st.text(max_size=100), st.sets(st.text(min_size=1, max_size=20), max_size=5))
def test_no_path_crashes_the_index(printed: str, paths: set[str]) -> None:
    located = PathIndex(paths).locate(printed)
    assert located is None or located in paths
