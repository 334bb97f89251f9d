"""What code can check of a stored reasoning trace, without a judge."""

import re
from collections.abc import Sequence
from typing import Final

from incidents.assessment import Checked
from incidents.opinion import Opinion
from incidents.reasoning import ModelCall, Step, ToolCall

# An identifier that prose would not contain by chance: with an underscore, an inner capital, or called.
_NAMED: Final = re.compile(r"\b(?:[A-Za-z]\w*_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|[A-Za-z_]\w*(?=\(\)))")
_MOST_SHOWN: Final = 10


def checked(steps: Sequence[Step], opinions: Sequence[Opinion]) -> Checked:
    """Return the counts over the tool calls, and the names in the opinions that stand in nothing that was seen."""
    calls = [step for step in steps if isinstance(step, ToolCall)]
    made = [(call.tool, tuple(sorted(call.arguments.items()))) for call in calls]
    seen = "\n".join(_seen(steps))
    named = dict.fromkeys(name for each in opinions for name in _NAMED.findall(_said(each)))
    unseen = tuple(name for name in named if name not in seen)
    proofs = [each.proof for each in opinions if each.proof is not None]
    return Checked(
        tool_calls=len(calls),
        repeated_calls=len(made) - len(set(made)),
        failed_calls=sum(call.error is not None for call in calls),
        named=len(named),
        never_seen=unseen[:_MOST_SHOWN],
        proof_steps=sum(len(proof.steps) for proof in proofs),
        proof_steps_found=sum(step.checked is True for proof in proofs for step in proof.steps),
    )


def _seen(steps: Sequence[Step]) -> list[str]:
    prompts = [step.prompt for step in steps if isinstance(step, ModelCall)]
    return prompts + [step.observation for step in steps if isinstance(step, ToolCall)]


def _said(opinion: Opinion) -> str:
    steps = opinion.proof.steps if opinion.proof is not None else ()
    return "\n".join([opinion.mechanism, *(step.says for step in steps)])
