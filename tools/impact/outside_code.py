"""What one commit changed outside functions that can cause an error: limits, switches, texts, files, routes, build rules."""

from dataclasses import dataclass
from functools import partial

from tools.commits.analysis import ReadCommit
from tools.commits.build_rules import bundler_changed, code_finder_changed
from tools.git.repository import Repository
from tools.impact.failure_site import FailureSite
from tools.impact.gone_files import GoneFile, NamedPaths
from tools.impact.limits import Lowered, limit_meant, lowered_limit
from tools.impact.routes import ChangedRoute, MissingRoute
from tools.impact.translated import BrokenText, Translations
from tools.impact.turned import SwitchReaders, TurnedSwitch


@dataclass(frozen=True, slots=True)
class OutsideCode:
    """What of each kind fits the error best; None where nothing does. `code_finder` is the place of a rule by which the
    program finds its own code, `bundler` the path of a file that says how a bundle is made."""

    lowered: Lowered | None = None
    turned: TurnedSwitch | None = None
    broken_text: BrokenText | None = None
    gone_file: GoneFile | None = None
    route: ChangedRoute | None = None
    code_finder: str | None = None
    bundler: str | None = None


class OutsideReader:
    """Finds in commits what fits one error."""

    def __init__(self, repository: Repository, site: FailureSite) -> None:
        self._repository = repository
        self._limit = limit_meant(site.exception, site.message)
        self._switches, self._paths = SwitchReaders(site), NamedPaths(site)
        self._translations, self._route = Translations(repository, site), MissingRoute(site)

    def read(self, commit: ReadCommit, fed: ReadCommit) -> OutsideCode:
        """What the commit changed. `fed`: of its files, those that the failing code can call or read."""
        sha, files = commit.diff.sha, commit.diff.files
        return OutsideCode(
            lowered=lowered_limit(self._limit, fed),
            turned=self._switches.nearest(commit.switches, partial(self._repository.text, sha)),
            broken_text=self._translations.broken_by(sha),
            gone_file=self._paths.gone_with(files),
            route=self._route.changed_by(fed),
            code_finder=code_finder_changed(commit.diff),
            bundler=bundler_changed(commit.diff),
        )
