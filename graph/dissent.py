"""Who of the agents contradicts what a verdict states, and how far that lowers its word."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.citations import Checked
from graph.hearing import Hearing
from graph.ruling import Ruling
from incidents.advice import Advice
from incidents.opinion import DEVELOPER, Opinion
from incidents.verdict import WORDS, Word

_SAW_THE_PROMPT = "zero_shot"


@dataclass(frozen=True, slots=True)
class Dissent:
    """What is said against a stated answer: by the developer, with a cited line that exists; by the judge; and by which
    SREs."""

    developer: Opinion | None = None
    judge: Advice | None = None
    engineers: frozenset[str] = frozenset()


def dissent(final: Ruling, hearing: Hearing) -> Dissent:
    """Return who contradicts the ruling; nobody where it states nothing."""
    if not final.stated:
        return Dissent()
    said: dict[str, list[Checked]] = {}
    for each in hearing.counted:
        said.setdefault(each.opinion.agent, []).append(each)
    against = {agent: found for agent, words in said.items() if (found := _against(final, words)) is not None}
    developer = against.pop(DEVELOPER, None)
    read = developer is not None and bool(developer.citations)
    return Dissent(developer if read else None, _judge(final, hearing.advised), frozenset(against))


def word_after(git: Ruling, final: Ruling, found: Dissent, *, proven: bool = False) -> Word:
    """The word of the answer: of git's, one less for a developer who read the code and one more for a judge who agrees
    with the developer; of an answer that the agents give against git, "low" as soon as one of them says otherwise. Who was
    asked of each commit by itself, and saw no more than the prompt, does not lower what is `proven`."""
    if final.answer != git.answer:
        engineers = found.engineers - {_SAW_THE_PROMPT} if proven else found.engineers
        alone = final.stated and bool(engineers)
        return "low" if alone else final.word
    less = 0 if found.developer is None else 1 + (found.judge is not None)
    return min(final.word, WORDS[max(WORDS.index(git.word) - less, 0)], key=WORDS.index)


def _against(final: Ruling, words: Iterable[Checked]) -> Opinion | None:
    """What one agent says against it: it accuses another commit, or clears the one that is named; the accusation first."""
    opinions = [each.opinion for each in words]
    accused = [each for each in opinions if each.caused]
    if any(each.commit == final.named for each in accused):
        return None
    cleared = [each for each in opinions if each.caused is False and each.commit == final.named]
    return next(iter([*accused, *cleared]), None)


def _judge(final: Ruling, advised: Advice | None) -> Advice | None:
    if advised is None or advised.decision == "unsure":
        return None
    return None if (advised.decision, advised.commit) == final.answer else advised
