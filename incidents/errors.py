"""The error tree. The type says what happens next.

RedTideError
├── InputError              the caller's input is wrong: one clear line, exit 2 / HTTP 422
│   ├── RepositoryNotFound      no git repository at that path
│   ├── UnknownRevision         the repository does not hold that revision
│   ├── NotAnAncestor           base is not an ancestor of deployed: there is no window
│   ├── WindowUnknown           neither the caller nor the deploys tell which revisions to compare
│   ├── IncompleteRepository    objects are missing: shallow or partial clone, or damaged
│   ├── FieldInvalid            one field parses but cannot be used; it is named
│   └── UnreadableTrace         empty, or not text at all
├── LogsError               the log store could not tell; the report says so and the investigation goes on without it
│   ├── LogsUnavailable         no answer: down, refused, timed out, overloaded (429, 5xx)
│   └── LogsRefused             it refused: credentials, index, or the query itself
├── FetchFailed             a repository's mirror could not be refreshed; what is there is used
├── ToolError               an agent sees the text and may try another way
├── ModelError              the language model could not be used for this question
│   ├── ModelUnavailable        no answer: refused, timed out, 5xx, overloaded (retried, then the agent abstains
│   │   │                           and is asked again when the model is back)
│   │   └── QuestionRefused         it answers, but will not take this question: never asked again
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


class WindowUnknown(InputError):
    """Neither the caller nor the deploys tell which revisions are to be compared."""


class IncompleteRepository(InputError):
    """The repository lacks objects that its commits name: a shallow or partial clone, or a damaged one."""


class UnreadableTrace(InputError):
    """The trace is empty or not text."""


class FieldInvalid(InputError):
    """One field of a request parses but cannot be used; `field` names it, `text` says why (HTTP 422)."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field
        self.text = text


class ClusterNotStarted(RedTideError):
    """Ray or Ray Serve did not come up on this machine."""


class LogsError(RedTideError):
    """The log store could not tell. Carries what was asked, so that a person can ask it again: never a credential."""

    def __init__(self, problem: str, *, index: str, query: str, window: str) -> None:
        super().__init__(f"{problem} (asked {index} for {query}, {window})")
        self.problem = problem
        self.index = index
        self.query = query
        self.window = window


class LogsUnavailable(LogsError):
    """No answer: down, refused, timed out, overloaded."""


class LogsRefused(LogsError):
    """The store answered and refused: credentials, index, or the query itself."""


class FetchFailed(RedTideError):
    """A repository's mirror could not be refreshed."""


class ToolError(RedTideError):
    """A tool could not answer; the text tells the agent what to try instead."""


class ModelError(RedTideError):
    """The language model could not be used for this question."""


class ModelUnavailable(ModelError):
    """No usable answer from the server: refused, timed out, overloaded, 5xx."""


class QuestionRefused(ModelUnavailable):
    """The server is there and refuses this very question (too long, not understood): later it would refuse it too."""


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
