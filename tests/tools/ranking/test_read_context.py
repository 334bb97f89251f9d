"""The failure site and the commits around it, read from a whole repository or from one without its files."""

from pathlib import Path

from incidents.trace import StackTrace
from tests.repositories import Built, Change, build, git
from tests.tools.ranking.test_gather import GUILTY, INNOCENT, START_OF_SHOP, TRACE
from tests.tools.ranking.test_gather_figures import LATER
from tools.git.partial import PartialRepository
from tools.git.repository import Repository
from tools.ranking.gather import read_context
from tools.traces import parse
from tools.traces.places.paths import PathIndex, map_to_repository


def mapped(repository: Repository, deployed: str) -> StackTrace:
    return map_to_repository(parse(TRACE), PathIndex(repository.paths(deployed)))


def test_the_commits_before_the_first_are_those_before_its_parent_unless_a_base_is_given(tmp_path: Path) -> None:
    built = build(tmp_path, [START_OF_SHOP, GUILTY, LATER, INNOCENT[1], {"files": {"notes": "1\n"}}])
    repository, deployed = Repository.open(built.path), built.shas[-1]
    window = repository.window(built.shas[1], deployed)
    trace = mapped(repository, deployed)
    context = read_context(repository, window, deployed, trace)
    assert [frame.path for frame in context.site.frames] == ["shop/cart.py", "shop/view.py"]
    assert [change.commit.sha for change in context.changes] == built.shas[2:]
    assert [change.commit.sha for change in context.earlier] == [built.shas[1]]
    assert read_context(repository, window, deployed, trace, base=()).earlier == ()
    given = read_context(repository, window[1:], deployed, trace, base=(built.shas[1],))
    assert [change.commit.sha for change in given.earlier] == [built.shas[1]]


def partial(folder: Path) -> tuple[Built, Path]:
    """A shop with a history of its own (what another test has read is cached), and a clone without its files."""
    own: dict[str, str | bytes | None] = {
        path: f"{text!s}# read by nobody else\n" for path, text in START_OF_SHOP["files"].items()
    }
    changes: list[Change] = [{"files": own}, {"files": {"shop/mail.py": f"# {folder.name}\n"}}]
    built = build(folder, changes)
    git(built.path, "config", "uploadpack.allowFilter", "true")
    clone = folder / "partial.git"
    git(built.path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{built.path}", str(clone))
    return built, clone


def test_files_that_a_clone_lacks_are_left_out_and_counted_by_whoever_counts_them(tmp_path: Path) -> None:
    built, clone = partial(tmp_path)
    whole, counting = Repository.open(clone), PartialRepository(Repository.open(clone).raw)
    window, trace = whole.window(*built.shas), mapped(whole, built.shas[1])
    for repository in (whole, counting):
        context = read_context(repository, window, built.shas[1], trace)
        assert (len(context.changes), context.site.frames) == (1, ())
    assert counting.absent
