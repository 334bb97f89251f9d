"""Trains the ranker on labelled incidents and measures it: leave one repository out, compared with baselines."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from incidents.verdict import STATED, Outcome
from tools.ranking.answer import answer
from tools.ranking.chances import Ranked, chances_of
from tools.ranking.doubts import with_doubts
from tools.ranking.ranker import Probabilities, Weight, Weights, rank, tempered
from tools.signals.registry import SIGNALS, WINDOW_FEATURES, is_excused
from tools.training.degraded import WHOLE
from tools.training.examples import Studied
from tools.training.fit import Fit, Lesson, Problem
from tools.training.metrics import Judged, Summary, summarise


@dataclass(frozen=True, slots=True)
class Trained:
    """The weights fitted on all incidents and their copies, and the result for each from a ranker that never saw its
    repository: for the incidents as they were given, and for their degraded copies."""

    weights: Weights
    held_out: tuple[Judged, ...]
    degraded: tuple[Judged, ...]
    baselines: dict[str, tuple[Judged, ...]]


Progress = Callable[[str], None]


def train(studied: Sequence[Studied], *, say: Progress = lambda _: None, today: date | None = None) -> Trained:
    """Fit on every incident; validate by leaving one repository out; choose the temperature on the held-out windows."""
    lessons = [lesson for each in studied for lesson in each.lessons]
    problem = _problem(lessons)
    fitted = problem.solve()
    chances = held_out(lessons, problem, fitted, say=say)
    temperature = best_temperature(chances)
    when = (today or datetime.now(UTC).date()).isoformat()
    weights = as_weights(fitted, temperature=temperature, trained=when, lessons=lessons)
    given = {(lesson.incident, lesson.quality): found for lesson, found in chances if lesson.given}
    judged = {
        whole: tuple(
            judge_window(each, doubted(each, tempered(given[each.case.id, each.quality], temperature)))
            for each in studied
            if (each.quality == WHOLE) is whole
        )
        for whole in (True, False)
    }
    originals = [each for each in studied if each.quality == WHOLE]
    return Trained(
        weights=weights,
        held_out=judged[True],
        degraded=judged[False],
        baselines={name: tuple(map(rule, originals)) for name, rule in BASELINES.items()},
    )


def held_out(
    lessons: Sequence[Lesson], problem: Problem, fitted: Fit, *, say: Progress = lambda _: None
) -> list[tuple[Lesson, Probabilities]]:
    """Every window ranked by weights fitted on the other repositories. `problem` is that of all lessons, `fitted` its
    solution: each of the others is searched for from there."""
    found: list[tuple[Lesson, Probabilities]] = []
    for repo in sorted({lesson.repo for lesson in lessons}):
        say(repo)
        weights = as_weights(problem.solve(repo, fitted))
        found += [(one, rank(one.commits, one.window, weights, one.earlier)) for one in lessons if one.repo == repo]
    return found


def _problem(lessons: Sequence[Lesson], without: frozenset[str] = frozenset()) -> Problem:
    """The fit on these lessons; signals in `without` are left out."""
    names = [name for name in SIGNALS if name not in without]
    signs = {name: int(declared.direction) for name, declared in SIGNALS.items()}
    expected = {name: declared.expected for name, declared in SIGNALS.items()}
    expected |= {name: feature.expected for name, feature in WINDOW_FEATURES.items()}
    free = frozenset(feature.name for feature in WINDOW_FEATURES.values() if feature.free)
    return Problem(lessons, names, tuple(WINDOW_FEATURES), signs, expected, free)


def as_weights(fitted: Fit, *, temperature: float = 1.0, trained: str = "", lessons: Sequence[Lesson] = ()) -> Weights:
    """The weights in the form they are stored in, each with the meaning of its signal; those that are 0 are left out."""
    return Weights(
        trained=trained,
        incidents=len({lesson.incident for lesson in lessons}),
        repositories=len({lesson.repo for lesson in lessons}),
        windows=len(lessons),
        temperature=temperature,
        signals={
            n: Weight(weight=round(w, 4), meaning=SIGNALS[n].meaning) for n, w in fitted.signals.items() if round(w, 4)
        },
        none={n: Weight(weight=round(w, 4), meaning=WINDOW_FEATURES[n].meaning) for n, w in fitted.none.items()},
    )


def best_temperature(chances: Sequence[tuple[Lesson, Probabilities]]) -> float:
    """The temperature that makes the held-out truths likeliest (Guo et al., 2017), 0.5 to 2.5 in steps of 0.05."""

    def loss(temperature: float) -> float:
        total = 0.0
        for lesson, found in chances:
            softer = tempered(found, temperature)
            chance = softer.none if lesson.culprit is None else softer.commits[lesson.culprit]
            total -= lesson.weight * math.log(max(chance, 1e-9))
        return total

    return min((step / 20 for step in range(10, 51)), key=loss)


def doubted(studied: Studied, found: Probabilities) -> Probabilities:
    """The probabilities, with what commits that changed what the error speaks of have at least."""
    return with_doubts(found, [n for n, sha in enumerate(studied.shas) if sha in studied.doubted])


def judge_window(studied: Studied, found: Probabilities) -> Judged:
    """The likeliest explanation as a verdict: the best commit, or none when none is likelier."""
    order = sorted(range(len(found.commits)), key=lambda n: -found.commits[n])
    named = studied.shas[order[0]] if order and found.commits[order[0]] > found.none else None
    probability = found.commits[order[0]] if named else found.none
    ranking = [studied.shas[n] for n in order]
    return _judged(studied, ranking, named, probability, stated=_answer(studied, found) in STATED)


def _answer(studied: Studied, found: Probabilities) -> Outcome:
    """The answer that a verdict would give to these probabilities."""
    order = sorted(range(len(found.commits)), key=lambda n: -found.commits[n])
    ranked = [Ranked(found.commits[n], studied.lessons[0].commits[n]) for n in order]
    hit = bool(order) and studied.shas[order[0]] in studied.hits
    chances = chances_of(ranked, found.none, len(ranked), hit=hit)
    best = chances.best
    older = max(range(len(found.earlier)), key=lambda n: found.earlier[n], default=None)
    rival = older is not None and found.earlier[older] >= best and not is_excused(studied.lessons[0].earlier[older])
    explained = studied.explained or (rival and not (studied.giver_unknown and studied.seen.read))
    return answer(chances, studied.seen, explained=explained, unread=bool(studied.doubted))


def _judged(
    studied: Studied, ranking: Iterable[str], named: str | None, probability: float, *, stated: bool = True
) -> Judged:
    case = studied.case
    return Judged(
        id=case.id,
        repo=case.repo,
        culprit=case.culprit,
        outcome="culprit" if named else "none",
        named=named,
        leading=named,
        probability=probability,
        ranking=tuple(ranking),
        seconds=0.0,
        stated=stated,
        quality=studied.quality,
        cause_kind=case.cause_kind,
        visibility=studied.seen.visibility,
    )


def newest_commit(studied: Studied) -> Judged:
    """Baseline: always the newest commit."""
    shas = list(reversed(studied.shas))
    return _judged(studied, shas, shas[0] if shas else None, 1.0)


def recent_blame(studied: Studied) -> Judged:
    """Baseline: the newest commit that wrote a line of the trace, as error trackers do."""
    return _blame(studied, lambda depth, number: (-number, depth))


def innermost_blame(studied: Studied) -> Judged:
    """Baseline: the commit that wrote the innermost line of the trace that is the window's."""
    return _blame(studied, lambda depth, number: (depth, -number))


def _blame(studied: Studied, key: Callable[[int, int], tuple[int, int]]) -> Judged:
    rows = sorted(studied.blamed, key=lambda row: key(*row))
    ranking = list(dict.fromkeys(studied.shas[number] for _, number in rows))
    return _judged(studied, ranking, ranking[0] if ranking else None, 1.0)


def uniform(studied: Studied) -> Judged:
    """Baseline without knowledge: "none" at 0.5, commits in no order (here: by their ids)."""
    return _judged(studied, sorted(studied.shas), None, 0.5)


BASELINES: Mapping[str, Callable[[Studied], Judged]] = {
    "newest commit": newest_commit,
    "most recent blame": recent_blame,
    "innermost blame": innermost_blame,
    "uniform": uniform,
}


def ablation(
    studied: Sequence[Studied], groups: Mapping[str, frozenset[str]], say: Progress = lambda _: None
) -> dict[str, Summary]:
    """The held-out summary without each group of signals."""
    lessons = [lesson for each in studied for lesson in each.lessons]
    by_id = {each.case.id: each for each in studied if each.quality == WHOLE}
    found: dict[str, Summary] = {}
    for title, without in groups.items():
        say(title)
        problem = _problem(lessons, without)
        chances = held_out(lessons, problem, problem.solve())
        found[title] = summarise(
            [judge_window(by_id[one.incident], p) for one, p in chances if one.given and one.quality == WHOLE]
        )
    return found


def groups_to_leave_out(studied: Sequence[Studied]) -> dict[str, frozenset[str]]:
    """Title -> names of signals: each family, and each signal whose weight exceeds 0.5."""
    weights = _problem([lesson for each in studied for lesson in each.lessons]).solve().signals
    groups = {f"family: {family}": frozenset(members) for family, members in families().items()}
    return groups | {name: frozenset({name}) for name, weight in weights.items() if abs(weight) > 0.5}


def families() -> dict[str, list[str]]:
    """Signal names by family, the file that declares them."""
    found: dict[str, list[str]] = {}
    for declared in SIGNALS.values():
        found.setdefault(declared.family, []).append(declared.name)
    return found
