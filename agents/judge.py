"""SRE manager agent, Agent-as-a-Judge: read the opinions that decide and what the developer saw, and advise a verdict.

Agent-as-a-Judge (Zhuge et al. 2024, arXiv:2410.10934): the judge sees the reasoning and what it rests on, not only the
answer. It names a commit by its number in the lists, never by free text. Code decides the verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.abstention import is_away, reason
from agents.case import Case
from agents.notes import decisive
from agents.prompt import render
from agents.prose import refusal
from agents.replies import Judgement
from incidents.advice import JUDGE, Advice, Score
from incidents.errors import ModelError
from incidents.opinion import DEVELOPER, Opinion, SelfCritique, last_words
from models.door import LanguageModel, Question

NAME = JUDGE
_ROLES = {"zero_shot": "SRE, zero-shot", "chain_of_thought": "SRE, chain of thought", DEVELOPER: "developer"}
_TELLING = 8  # characters: a shorter line stands anywhere
_MOST = 8  # opinions that one reply can score


@dataclass(frozen=True, slots=True)
class ShownOpinion:
    """One opinion as the judge's prompt shows it. `number` is the commit's in the lists; 0: it is about no single one."""

    opinion: Opinion
    number: int
    words: str
    share: str = ""

    @property
    def agent(self) -> str:
        """The role of the agent whose opinion this is."""
        return _ROLES[self.opinion.agent]


async def advise(
    case: Case,
    opinions: Sequence[Opinion],
    notes: Sequence[str],
    model: LanguageModel,
    *,
    critique: SelfCritique,
    asked: str = "",
    may_ask: bool = False,
) -> Advice:
    """Judge the opinions. Returns an abstention when the model cannot be used.

    `notes` are the developer's, and `critique` what it says against its conclusion; `asked` is the question that was
    already sent to it. A question that a person must not read (`agents.prose`) is not sent; it remains in the reasoning
    trace.
    """
    shown, agreed = deciding(case, opinions)
    room = case.limits.decisive_characters
    prompt = render(
        "judge",
        case=case,
        opinions=shown,
        agreed=agreed,
        seen=decisive(notes, _places(shown), _lines(case, shown), room, _calls(shown), since=asked),
        defence=critique.defence,
        also=critique.also,
        asked=asked,
        may_ask=may_ask,
    )
    try:
        answer = await model.ask(Question(prompt=prompt, reply=Judgement, agent=NAME))
    except ModelError as error:
        return Advice(abstained=reason(error), unreached=is_away(error))
    return _advice(case, shown, answer.reply, may_ask)


def deciding(case: Case, opinions: Sequence[Opinion]) -> tuple[list[ShownOpinion], int]:
    """Return the opinions about commits that anybody accuses, the developer's first, and how many others there are.

    When nobody accuses a commit, each agent's first opinion stands for what it says. Abstentions are shown once an agent.
    """
    words = sorted(last_words(opinions).values(), key=lambda each: (each.agent != DEVELOPER, not each.caused))
    accused = {each.commit for each in words if each.caused}
    about = [each for each in words if each.caused is not None and (each.commit in accused or not accused)]
    repeated = [each for each in about if not each.caused and _said(each, about)]
    about = [each for each in about if each not in repeated]
    if not accused:
        about = _one_of_each(case, about)
    silent = {each.agent: each for each in words if each.caused is None}
    shown = [*about, *silent.values()][:_MOST]
    answered = sum(1 for each in words if each.caused is not None) - len(repeated) if accused else len(about)
    return [_shown(case, each, bool(accused)) for each in shown], answered - sum(each in about for each in shown)


def _said(denial: Opinion, about: Sequence[Opinion]) -> bool:
    """Whether the agent accuses another commit in the same words: who compares says everything at once."""
    mine = [each for each in about if each.agent == denial.agent and each.caused]
    return any(each.mechanism == denial.mechanism for each in mine)


def _one_of_each(case: Case, opinions: Sequence[Opinion]) -> list[Opinion]:
    """One opinion an agent, with what it said of each commit: where it said the same of all, once."""
    words: dict[str, dict[str, list[str]]] = {}
    for each in opinions:
        number = case.number(each.commit) or each.commit[:9]
        words.setdefault(each.agent, {}).setdefault(each.mechanism, []).append(str(number))
    first = {each.agent: each for each in reversed(opinions)}
    return [first[agent].model_copy(update={"mechanism": "\n".join(_told(said))}) for agent, said in words.items()]


def _told(said: dict[str, list[str]]) -> list[str]:
    return list(said) if len(said) == 1 else [f"{', '.join(numbers)}: {words}" for words, numbers in said.items()]


def _shown(case: Case, opinion: Opinion, accused: bool) -> ShownOpinion:
    if not accused:
        return ShownOpinion(opinion, 0, _words(case, opinion))
    share = "" if opinion.probability is None else f", probability {opinion.probability:.2f}"
    votes = f", with {opinion.probability or 0:.0%} of {case.limits.samples} votes"
    if opinion.agent == "chain_of_thought":
        share = votes if case.limits.samples > 1 else ""
    return ShownOpinion(opinion, case.number(opinion.commit) or 0, _words(case, opinion), share)


def _words(case: Case, opinion: Opinion) -> str:
    """The mechanism and the steps, each with the line of code that it names."""
    rows = [opinion.mechanism]
    proof = opinion.proof
    if proof and proof.change:
        rows.append(f"changed: {proof.change.path}:{proof.change.line} | {proof.change.text}")
    for step in proof.steps if proof else ():
        code = case.line(step.path, step.line) or "(there is no such line)"
        rows.append(f"{step.path}:{step.line} in {step.function or '(no function)'} | {code[:160]}\n  {step.says}")
    return "\n".join(rows)


def _places(shown: Sequence[ShownOpinion]) -> list[str]:
    """The files and functions that the shown opinions rest on."""
    proofs = [each.opinion.proof for each in shown if each.opinion.proof]
    steps = [step for proof in proofs for step in proof.steps]
    changed = [proof.change.path for proof in proofs if proof.change]
    return list(dict.fromkeys([*changed, *(step.path for step in steps), *(step.function for step in steps)]))


def _calls(shown: Sequence[ShownOpinion]) -> list[str]:
    """The tool calls that decide: what an accused commit changed; where the developer clears it, how code was before."""
    accused = [f"commit='{each.number}'" for each in shown if each.opinion.caused and each.number]
    clears = any(each.opinion.agent == DEVELOPER and each.opinion.caused is False for each in shown)
    return [*dict.fromkeys(accused), *(["source_before("] if clears else [])]


def _lines(case: Case, shown: Sequence[ShownOpinion]) -> list[tuple[str, str]]:
    """The lines of code that the shown opinions rest on, each with its file, as far as they tell something."""
    proofs = [each.opinion.proof for each in shown if each.opinion.proof]
    changed = [(proof.change.path, proof.change.text.strip()) for proof in proofs if proof.change]
    steps = [(step.path, case.line(step.path, step.line)) for proof in proofs for step in proof.steps]
    return [each for each in dict.fromkeys([*changed, *steps]) if len(each[1]) >= _TELLING]


def _advice(case: Case, shown: Sequence[ShownOpinion], judgement: Judgement, may_ask: bool) -> Advice:
    named = case.commit(judgement.candidate) if judgement.decision == "culprit" else None
    ids = frozenset(commit.sha for commit in case.window)
    asks = may_ask and judgement.ask and bool(judgement.question) and refusal(judgement.question, ids) is None
    return Advice(
        decision=judgement.decision,
        commit=named.sha if named else None,
        reason=judgement.reason,
        scores=_scores(shown, judgement),
        question=judgement.question if asks else "",
    )


def _scores(shown: Sequence[ShownOpinion], judgement: Judgement) -> tuple[Score, ...]:
    """Return one score for each existing opinion; the first one when the judge scored an opinion twice."""
    scores: dict[int, Score] = {}
    for rating in judgement.scores:
        if rating.opinion <= len(shown) and rating.opinion not in scores:
            opinion = shown[rating.opinion - 1].opinion
            points = rating.grounded + rating.causal + rating.fair
            scores[rating.opinion] = Score(agent=opinion.agent, commit=opinion.commit, points=points)
    return tuple(scores.values())
