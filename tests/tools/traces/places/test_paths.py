"""Production paths and the files of a repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Failure, Frame, StackTrace
from tests.tools.traces.drawn import LOWER, word
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


def test_one_file_suffices_when_three_folders_agree_and_no_other_file_does() -> None:
    index = PathIndex(["src/shop/deep/totals.py", "src/shop/deep/other.py"])
    assert mapped("/app/shop/deep/totals.py", index=index) == ["src/shop/deep/totals.py"]
    twice = PathIndex(["src/shop/deep/totals.py", "old/shop/deep/totals.py"])
    assert mapped("/app/shop/deep/totals.py", index=twice) == [None]


def test_several_files_tell_two_services_of_a_monorepo_apart() -> None:
    index = PathIndex(
        [
            "services/cart/src/app.py",
            "services/cart/src/rates.py",
            "services/pay/src/app.py",
            "services/pay/src/cards.py",
        ]
    )
    assert mapped("/app/src/app.py", "/app/src/cards.py", index=index) == [
        "services/pay/src/app.py",
        "services/pay/src/cards.py",
    ]


def test_a_part_deployed_elsewhere_is_found_beside_files_that_map() -> None:
    index = PathIndex(["libs/money/round.py", "services/cart/src/api/app.py", "services/cart/src/api/rates.py"])
    assert mapped("/srv/libs/money/round.py", "/app/src/api/app.py", "/app/src/api/rates.py", index=index) == [
        "libs/money/round.py",
        "services/cart/src/api/app.py",
        "services/cart/src/api/rates.py",
    ]


def test_the_deployed_folder_may_be_told() -> None:
    paths = ["services/cart/src/app.py", "services/pay/src/app.py", "src/app.py"]
    assert mapped("/app/src/app.py", index=PathIndex(paths, root="services/pay")) == ["services/pay/src/app.py"]
    assert mapped("/app/src/app.py", index=PathIndex(paths)) == ["src/app.py"]


def test_a_library_of_the_java_world_is_not_taken_for_a_file_of_the_same_folder_names() -> None:
    index = PathIndex(["src/main/java/com/acme/web/util/Strings.java"])
    assert mapped("org/other/web/util/Strings.java", language="java", index=index) == [None]


GO = {"go.mod": "module github.com/acme/shop\n\ngo 1.22\n", "cart/cart.go": ""}


def test_a_module_of_gos_cache_is_the_project_only_under_its_name() -> None:
    index = PathIndex(GO, read=GO.get)
    assert mapped(
        "/go/pkg/mod/github.com/acme/shop@v1.2.3/cart/cart.go",
        "/go/pkg/mod/github.com/other/lib@v0.1.0/cart/cart.go",
        "github.com/other/lib@v0.1.0/cart/cart.go",
        language="go",
        index=index,
    ) == ["cart/cart.go", None, None]
    assert mapped("/go/pkg/mod/github.com/acme/shop@v1.2.3/cart/cart.go", index=PathIndex(GO)) == [None]


def test_a_module_below_the_root_has_its_own_folder() -> None:
    files = {"tools/go.mod": "module example.com/tools/v2\n", "tools/run.go": "", "run.go": ""}
    printed = "/root/go/pkg/mod/example.com/tools/v2@v2.1.0/run.go"
    assert mapped(printed, language="go", index=PathIndex(files, read=files.get)) == ["tools/run.go"]


def test_a_gem_is_the_project_when_it_holds_the_gems_specification() -> None:
    index = PathIndex(["checkout.gemspec", "lib/checkout/cart.rb", "lib/active_support/logger.rb"])
    assert mapped(
        "/usr/local/bundle/gems/checkout-1.2.3/lib/checkout/cart.rb",
        "/usr/local/bundle/gems/activesupport-7.0.4/lib/active_support/logger.rb",
        language="ruby",
        index=index,
    ) == ["lib/checkout/cart.rb", None]


def test_a_python_package_installed_from_the_project_is_the_project() -> None:
    index = PathIndex(["src/shop/cart.py", "src/shop/__init__.py", "requests/api.py"])
    assert mapped(
        "/venv/lib/python3.12/site-packages/shop/cart.py",
        "/venv/lib/python3.12/site-packages/flask/cart.py",
        index=index,
    ) == ["src/shop/cart.py", None]


def test_a_workspace_package_below_node_modules_is_the_project() -> None:
    files = {"packages/ui/package.json": '{"name": "@acme/ui"}', "packages/ui/src/list.js": "", "src/list.js": ""}
    assert mapped(
        "/app/node_modules/@acme/ui/src/list.js",
        "/app/node_modules/other/src/list.js",
        language="javascript",
        index=PathIndex(files, read=files.get),
    ) == ["packages/ui/src/list.js", None]


def test_the_standard_library_is_not_a_part_of_the_repository_that_was_moved() -> None:
    index = PathIndex(["internal/net/http/server.go", "lib/net/http/client.rb"])
    assert mapped("/usr/local/go/src/net/http/server.go", language="go", index=index) == [None]
    assert mapped("/usr/lib/ruby/3.2.0/net/http/client.rb", language="ruby", index=index) == [None]


PART = word(LOWER, LOWER, 0, 5)
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


def kotlin(*frames: str, files: dict[str, str]) -> list[str | None]:
    trace = StackTrace(language="java", failures=(Failure(frames=tuple(Frame(path=each) for each in frames)),))
    return [frame.repo_path for frame in map_to_repository(trace, PathIndex(files, read=files.get)).frames]


def test_a_file_of_kotlin_is_found_by_the_package_that_it_declares() -> None:
    files = {
        "src/Page.kt": '// Licence\n@file:JvmName("P")\npackage shop.web\n\nclass Page',
        "old/Page.kt": "package shop.old\n",
        "src/Main.kt": "fun main() {}\n",
        "src/Twice.kt": "package shop.web\n",
        "old/Twice.kt": "package shop.web\n",
        "src/Plain.java": "package shop.web;\n",
    }
    printed = ("Page.kt", "Main.kt", "Twice.kt", "Plain.java")

    assert kotlin(*(f"shop/web/{name}" for name in printed), files=files) == ["src/Page.kt", None, None, None]
