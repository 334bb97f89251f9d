"""What each agent sees and says: whole investigations of recorded incidents, as Markdown for docs/agents.md.

    python -m benchmarks.transcripts > docs/agents.md

Prompts and tools are real, the replies are recorded. What all prompts of an incident begin with is printed once.
"""

import asyncio
import itertools
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from graph.investigation import Investigation, investigate
from graph.ports import OneRepository
from graph.state import Context
from incidents.reasoning import ModelCall
from service.demo_incident import SAMPLE
from service.render import markdown
from tests.recorded import FOLDERS, Recorded, load
from tools.git.repository import Repository
from tools.ranking.gather import gather

SHOWN: Final = (SAMPLE.name, "python-callee-in-another-file", "rates_down")
_ROLES: Final = {
    "zero_shot": "SRE, zero-shot",
    "chain_of_thought": "SRE, chain of thought",
    "developer": "Developer",
    "judge": "SRE manager",
    "incident_manager": "Incident manager",
}
_INTRODUCTION: Final = """\
# The agents

What each of the five agents sees and says, on three recorded incidents of this repository. Prompts and tool observations are
the real ones, the model's replies are recorded. `python -m benchmarks.transcripts > docs/agents.md` writes this page.

## How they work together

| agent | question | answer |
| --- | --- | --- |
| SRE, zero-shot | one a candidate that no fact excludes: did it cause this failure? | yes or no, with that token's probability |
| SRE, chain of thought | one that compares all: which commit of the deploy, or none? | votes of several samples, also for "cannot tell" |
| developer | one inquiry with tools, from the failing line backwards along the value | a commit or a cause elsewhere, with steps |
| SRE manager | the opinions that decide, and what the developer saw | advice, or one question to the developer |
| incident manager | the settled verdict with its checked steps | the words of the report |

The first three work at the same time and do not see each other's answers. Every prompt begins with the same system message and
the same description of the incident, so that a server reads them once; what is special to a question stands at its end. The
developer's notes only grow. A whole incident takes about 7 to 14 questions (`limits.*` in [settings.md](settings.md)).

**Code checks what the developer states** (`tools/impact/proof_check.py`): the changed line must stand in that commit's diff; each
step must be a line of the deployed code in the function it names, to which code leads from the change or from an earlier step: the same
function, a call, a name in code, an attribute that one line sets and the other reads, a directive of the file, a data file that code reads; or
a line that the commit itself wrote. The last step must lie in a function of the trace. What was found is
shown as checked in the report, what was not is marked. An explanation with a way from the change to the failing line, which the SRE
manager shares, may overrule git. So may one of which code found only the two ends, the changed line and a line of the failing
execution, when one of the SREs names the commit too and no agent says otherwise; the report then says that the way was not found,
with low confidence. An agent that says otherwise than the verdict lowers its word, most of all a developer who read the code.
A commit that git names and that hits the failing line is never overruled. Where an agent says yes to most
commits, or nobody says no to any, the agreement counts for nothing; lines that the trace itself names clear no commit. Commits that git
ruled out can be named too; they then become suspects. What the developer found out is told in the report also where the verdict states nothing.

How opinions and evidence make a verdict: [design.md](design.md), section 5.
"""


async def played(recorded: Recorded) -> Investigation:
    """Return the investigation of a recorded incident with its recorded replies."""
    repository, request = Repository.open(recorded.repository), recorded.request
    evidence = gather(repository, recorded.base, recorded.deployed, request.trace, first_seen=request.first_seen)
    model = recorded.model([suspect.commit.sha for suspect in evidence.suspects])
    context = Context(repositories=OneRepository(repository), model=model, model_name="recorded")
    return await investigate(context, request)


def transcript(recorded: Recorded, found: Investigation) -> str:
    """Return one incident: what it is about, the shared beginning of its prompts, each question with its reply, the report."""
    calls = sorted((each for each in found.steps if isinstance(each, ModelCall)), key=_order)
    shared = _beginning([call.prompt for call in calls]).rpartition("\n# ")[0]
    rows = [f"## {recorded.folder.name}", recorded.expected.about.strip(), "### What every prompt begins with"]
    rows += [
        _block(shared),
        *_conversation(calls, len(shared)),
        "### The report",
        markdown.render(found.report.model_copy(update={"seconds": 0.0})).strip(),
    ]
    return "\n\n".join(rows)


def _conversation(calls: Sequence[ModelCall], shared: int) -> Iterator[str]:
    before = ""
    for call in calls:
        rest = call.prompt[shared:].strip()
        known = _beginning([before, rest]).rpartition("\n\n")[0] if call.agent == "developer" else ""
        yield f"### {_ROLES[call.agent]}"
        yield _block(f"[... as before ...]\n\n{rest[len(known) :].strip()}" if known else rest)
        yield "answers"
        yield "\n\n".join(_block(reply, "json") for reply in call.replies[:1])
        before = rest if call.agent == "developer" else before


def _beginning(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    same = (len(set(letters)) == 1 for letters in zip(*texts, strict=False))
    return texts[0][: sum(1 for _ in itertools.takewhile(bool, same))]


def _order(call: ModelCall) -> tuple[int, str]:
    return list(_ROLES).index(call.agent), call.at.isoformat() if call.agent == "developer" else call.prompt[-200:]


def _block(text: str, language: str = "text") -> str:
    return f"```{language}\n{text.replace('```', '` ` `')}\n```"


def page() -> str:
    """Return the whole page."""
    with tempfile.TemporaryDirectory() as folder:
        incidents = [load(each, Path(folder)) for name in SHOWN for each in FOLDERS if each.name == name]
        found = [transcript(each, asyncio.run(played(each))) for each in incidents]
        system = next(step.system for step in asyncio.run(played(incidents[0])).steps if isinstance(step, ModelCall))
    rules = f"## The system message\n\nThe same for every question of every incident:\n\n{_block(system)}"
    return "\n\n".join([_INTRODUCTION.strip(), rules, *found]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
