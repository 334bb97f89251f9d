"""The error tree. The type says what happens next.

RedTideError
├── InputError              the caller's input is wrong: one clear line, exit 2 / HTTP 422
│   ├── RepositoryNotFound      no git repository at that path
│   ├── UnknownRevision         the repository does not hold that revision
│   ├── NotAnAncestor           base is not an ancestor of deployed: there is no window
│   ├── IncompleteRepository    objects are missing: shallow or partial clone, or damaged
│   └── UnreadableTrace         empty, or not text at all
├── ToolError               an agent sees the text and may try another way
├── ModelError              the language model could not be used for this question
│   ├── ModelUnavailable        no answer: refused, timed out, 5xx, overloaded (retried, then the agent abstains)
│   ├── ReplyInvalid            it answered outside the schema (asked again, then the agent abstains)
│   └── BudgetSpent             calls, tokens or seconds of this incident are used up (never retried)
├── WorkInterrupted         a clean stop came between two steps; the work resumes from its checkpoint
└── StoreError
    ├── IncidentNotFound        HTTP 404 / exit 2
    └── StoreUnavailable        the database is away: HTTP 503, or tried again later
"""


class RedTideError(Exception):
    """Anything Red Tide raises on purpose."""


class InputError(RedTideError):
    """The caller's input is wrong; the text names the field and the remedy."""


class RepositoryNotFound(InputError):
    """No git repository at that path."""


class UnknownRevision(InputError):
    """The repository does not hold that revision."""


class NotAnAncestor(InputError):
    """Base is not an ancestor of deployed, so no commit lies between them."""


class IncompleteRepository(InputError):
    """The repository lacks objects that its commits name: a shallow or partial clone, or a damaged one."""


class UnreadableTrace(InputError):
    """The trace is empty or not text."""


class ToolError(RedTideError):
    """A tool could not answer; the text tells the agent what to try instead."""


class ModelError(RedTideError):
    """The language model could not be used for this question."""


class ModelUnavailable(ModelError):
    """No usable answer from the server: refused, timed out, overloaded, 5xx."""


class ReplyInvalid(ModelError):
    """The reply does not parse as the type that was asked for."""


class BudgetSpent(ModelError):
    """This incident's calls, tokens or seconds are used up."""


class WorkInterrupted(RedTideError):
    """A clean stop was asked for; what was done is checkpointed and goes on elsewhere."""


class StoreError(RedTideError):
    """The incident store refused."""


class IncidentNotFound(StoreError):
    """No incident has that id."""


class StoreUnavailable(StoreError):
    """The database is away; nothing was stored."""
