"""What explains a failure without a commit of the window: facts that "none of these" needs, whatever its probability."""

from collections.abc import Collection, Sequence
from typing import Final

from incidents.evidence import Suspect
from tools.impact.commit_facts import CommitFacts, ProducerKind
from tools.impact.context import SignalContext
from tools.impact.error_kind import ErrorKind, is_of_other_type
from tools.impact.frame_site import FrameSite
from tools.impact.value_slice import Use
from tools.signals.locations import place_of
from tools.source.file_kinds import Kind, kind_of

_TELLING: Final = 0.4  # strength of a name: rarer ones place a failure, others stand in many files
FROM_OUTSIDE: Final = "The error itself tells of something outside the program."
_MOST_NAMED: Final = 2


def elsewhere(
    context: SignalContext, rival: Suspect | None, excluded: Sequence[str], proven: Collection[str] = ()
) -> tuple[str, ...]:
    """Sentences, the most telling first; empty when nothing that could be seen explains it.

    `rival` is a commit from before the window that explains it at least as well as any suspect. `excluded` holds a reason
    for each commit of the window that a fact rules out, such as that it changes only documents. `proven` are the shas of
    those that are proven innocent.
    """
    if context.changes and len(excluded) == len(context.changes):
        kinds = ", ".join(dict.fromkeys(excluded))
        return (f"No commit of the deploy can have caused it: {kinds}.",)
    older = [_explained_by(rival)] if rival is not None else []
    if giver_unknown(context, proven):
        # Of the first commit of all it says nothing that it brought what is named.
        return tuple(older) if not context.site.located and rival is not None and rival.commit.parents else ()
    found = [FROM_OUTSIDE, *older] if context.from_outside else older
    by_name = () if _other_type_given(context, proven) else _older_code(context) or _nothing_named(context)
    return (*found, *_untouched(context, proven), *by_name)


def _explained_by(rival: Suspect) -> str:
    return f"{rival.commit.sha[:9]} from before the deploy explains it better: {rival.reasons[0]}"


def _suspected(context: SignalContext, proven: Collection[str]) -> list[CommitFacts]:
    return [change for change in context.changes if change.commit.sha not in proven]


def giver_unknown(context: SignalContext, proven: Collection[str] = ()) -> bool:
    """Whether it is null that failed, and what gave it is not known, or a commit of the window changed it. The age of the line
    that was given it then says nothing, and neither does the member that was asked of it. Without code that could be read, a
    likelier commit from before the deploy explains it all the same: 7 labelled incidents and 14 copies so answered were right."""
    if context.error_kind is not ErrorKind.NULL:
        return False
    suspected = _suspected(context, proven)
    return not context.site.located or any(_gives_value(change, context.site.frames[0]) for change in suspected)


def _other_type_given(context: SignalContext, proven: Collection[str]) -> bool:
    """Whether a value of another type came from nobody knows where, while a commit changed code that the failing code can call:
    what is asked of it is named, and neither its age nor that nobody touched it tells who gave the value."""
    if context.site.located or not is_of_other_type(context.site.message):
        return False
    changed = [path for change in _suspected(context, proven) if not change.cosmetic for path in change.paths]
    return any(kind_of(path) is Kind.CODE and context.site.can_hold(path) for path in changed)


def _older_code(context: SignalContext) -> list[str]:
    """Of a message without a readable frame: the code that it names, where no commit of the window touched that."""
    found = context.older_standing
    if found is None or found.strength < _TELLING:
        return []
    return [f"`{found.clue.text}`, which the error names, stands in {found.path}:{found.line}, older than the deploy."]


def _nothing_named(context: SignalContext) -> list[str]:
    """Of a message without a readable frame: that no commit of the window changed a line with anything it names. While some
    commit's code could not be read, nobody knows that."""
    if any(change.unread_code for change in context.changes):
        return []
    texts = ", ".join(f"`{text}`" for text in context.untouched_names[:_MOST_NAMED])
    return [f"No commit of the deploy changed a line with {texts}, which the error names."] if texts else []


def _untouched(context: SignalContext, proven: Collection[str]) -> list[str]:
    """What the failing code tells, where it could be read."""
    if not context.site.frames or not context.site.frames[0].exact:
        return []  # without a known line, nothing can be said of its age
    if context.site.trace.not_run:
        return []  # what it was compiled with says whether it is right, not its age
    if context.new_reason or any(change.hits_failing_line for change in context.changes):
        return []  # with a new reason to fail, a line's age says nothing
    if any(change.only_beside and _beside_failing_line(change) for change in context.changes):
        return []  # nor where new code behind it can have run in a call before, or its own text was edited
    if _callers_unknown(context, proven):
        return []  # nor without the way to it: a caller may give it something else now
    place = context.site.frames[0]
    if any(
        _gives_value(change, place) or _takes_named(change) or _feeds_check(change)
        for change in _suspected(context, proven)
    ):
        return []  # nor where what the line works on can be new
    line = f"{place_of(place)}, where it failed, is older than the deploy"
    if any(_touches(change) for change in context.changes):
        return [f"{line}."]
    return [f"{line}, and no commit changed a function of the trace or what its lines call."]


def _beside_failing_line(change: CommitFacts) -> bool:
    """Whether it is more than lines of outer frames that the commit edited beside the call into the next one."""
    kept = [each for each in change.contacts if each.below or each.kept]
    return not kept or any(each.below or each.frame.depth == 0 for each in kept)


def _callers_unknown(context: SignalContext, proven: Collection[str]) -> bool:
    """Whether the error only mentions one place, of no function, and a commit of the window changed code."""
    printed = context.site.trace.frames
    if len(printed) != 1 or printed[0].function:
        return False
    return any(change.code_files and not change.cosmetic for change in _suspected(context, proven))


def _touches(change: CommitFacts) -> bool:
    below = any(each.below or each.kept for each in change.contacts)
    return bool(change.in_trace or change.reached or change.named or below)


def _takes_named(change: CommitFacts) -> bool:
    """Whether the commit took a name of the error away, from what the failing code can read or is sent, or changed how a
    database holds it."""
    return any(
        (touch.schema or touch.removed > touch.added) and touch.strength >= _TELLING
        for touch in (*change.clues, *change.sent)
    )


def _feeds_check(change: CommitFacts) -> bool:
    """Whether the failing line is a check of the program's own, and the commit changed what the code around it uses: what is
    checked can have come about there."""
    return change.feeds_check and not change.cosmetic


def _gives_value(change: CommitFacts, failed: FrameSite) -> bool:
    """Whether the commit changed what an attribute is given that the failing line uses, or a function whose result arrives
    there: any line of one that the failing function calls, what it returns of one that is farther away. A class is changed
    with each of its methods, and gives no value itself."""
    owners = {row.owner for row in change.reached}
    returns = {(row.path, row.name) for row in change.reached if row.gives or row.nulls}
    given = (ProducerKind.GIVEN, ProducerKind.TAKEN)
    if any(each.kind in given and not each.elsewhere for each in change.produced):
        return True
    calls = [each for each in change.produced if each.kind is ProducerKind.CALL and each.name not in owners]
    return any((each.path, each.name) in returns or _inside(each.use, failed) for each in calls)


def _inside(use: Use, frame: FrameSite) -> bool:
    return use.path == frame.path and frame.start <= use.line <= frame.end
