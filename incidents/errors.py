"""The error tree. The type says what happens next.

RedTideError
├── InputError              the caller's input is wrong: one clear line, exit 2 / HTTP 422
│   ├── RepositoryNotFound      no git repository at that path
│   ├── UnknownRevision         the repository does not contain that revision
│   ├── NotAnAncestor           base is not an ancestor of deployed: there is no window
│   ├── WindowUnknown           neither the caller nor the deploys say which revisions to compare
│   ├── IncompleteRepository    objects are missing: shallow or partial clone, or damaged
│   ├── FieldInvalid            one field parses but cannot be used; the error names it
│   ├── UnreadableTrace         empty, or not text at all
│   └── ServerUnavailable       no Red Tide server answers at the address that the command line was given
├── ClusterNotStarted       Ray or Ray Serve did not start on this machine
├── LogsError               the log store did not answer the query; the report says so, the investigation continues
│   ├── LogsUnavailable         no answer: down, refused, timed out, overloaded (429, 5xx)
│   └── LogsRefused             an error as answer: credentials, index, or the query itself
├── FetchFailed             a repository's mirror could not be updated; the local copy is used
├── FetchRunning            a fetch takes long; the investigation gives its place up until the fetch has ended
├── PushFailed              a branch could not be pushed or read, and nobody knows whether the remote acted
│   └── PushRejected            the remote answered with a refusal: nothing was changed
├── ForgeError              GitHub, GitLab or Gitea did not do what was asked; the revert's record says so
│   ├── ForgeUnavailable        no answer, an error of its own (5xx), or its rate limit: it may have acted or not
│   └── ForgeRefused            an error as answer: credentials, permissions, or the request itself
├── ToolError               an agent sees the text and may try another tool
├── ModelError              the language model could not be used for this question
│   ├── ModelUnavailable        no answer: refused, timed out, 5xx, overloaded (retried, then the agent abstains
│   │   │                           and is asked again when the model is back)
│   │   └── QuestionRefused         the server works but rejects this question: never asked again
│   ├── ReplyInvalid            the reply does not match the schema (asked again, then the agent abstains)
│   └── BudgetSpent             calls, tokens or seconds of this incident are used up (never retried)
├── WorkInterrupted         a clean stop came between two steps; the work resumes from its checkpoint
└── StoreError
    ├── IncidentNotFound        HTTP 404 / exit 2
    ├── RevertNotFound          HTTP 404 / exit 2
    ├── RevertStateConflict     what was asked is not possible in the revert's state: HTTP 409 / exit 2
    │   └── RevertMerged            it is merged already, so it cannot be undone
    └── StoreUnavailable        the database is unavailable: HTTP 503, or retried later
"""


class RedTideError(Exception):
    """Base class of every error that Red Tide raises on purpose."""


class InputError(RedTideError):
    """The caller's input is wrong; the text names the field and the remedy."""


class RepositoryNotFound(InputError):
    """No git repository at that path."""


class UnknownRevision(InputError):
    """The repository does not contain that revision."""


class NotAnAncestor(InputError):
    """Base is not an ancestor of deployed, so there are no commits between them."""


class WindowUnknown(InputError):
    """Neither the caller nor the deploys say which revisions to compare."""


class IncompleteRepository(InputError):
    """Objects that a commit refers to are missing: a shallow or partial clone, or a damaged one."""


class UnreadableTrace(InputError):
    """The trace is empty or not text."""


class FieldInvalid(InputError):
    """One field of a request parses but cannot be used; `field` names it, `text` says why (HTTP 422)."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field
        self.text = text


class ServerUnavailable(InputError):
    """No Red Tide server answers at that address, or not now."""


class ClusterNotStarted(RedTideError):
    """Ray or Ray Serve did not start on this machine."""


class LogsError(RedTideError):
    """The log store did not answer a query. Names the query so that a person can repeat it; no credentials."""

    def __init__(self, problem: str, *, index: str, query: str, window: str) -> None:
        super().__init__(f"{problem} (asked {index} for {query}, {window})")
        self.problem = problem
        self.index = index
        self.query = query
        self.window = window


class LogsUnavailable(LogsError):
    """The log store gave no answer: down, refused, timed out, overloaded."""


class LogsRefused(LogsError):
    """The log store answered with an error: credentials, index, or the query itself."""


class FetchFailed(RedTideError):
    """A repository's mirror could not be updated."""


class FetchRunning(RedTideError):
    """A repository's fetch takes long and goes on in the background; its incidents wait until it has ended."""

    def __init__(self, repository: str) -> None:
        super().__init__(f"the fetch of {repository} takes long and goes on; other repositories are not kept waiting")
        self.repository = repository


class PushFailed(RedTideError):
    """A branch could not be pushed or read. Nobody knows whether the remote acted; the text contains no credential."""


class PushRejected(PushFailed):
    """The remote answered with a refusal; nothing was changed."""


class ForgeError(RedTideError):
    """A forge did not do what was asked; the text contains no credential."""


class ForgeUnavailable(ForgeError):
    """No answer, an error of the forge itself, or its rate limit: it may have acted or not."""


class ForgeRefused(ForgeError):
    """An error as answer: credentials, permissions, or the request itself; `status` is that of HTTP."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class ToolError(RedTideError):
    """A tool could not answer; the text tells the agent what to try instead."""


class ModelError(RedTideError):
    """The language model could not be used for this question."""


class ModelUnavailable(ModelError):
    """No usable answer from the server: refused, timed out, overloaded, 5xx."""


class QuestionRefused(ModelUnavailable):
    """The server works but rejects this question (too long, not understood), now and later."""


class ReplyInvalid(ModelError):
    """The reply does not parse as the requested type."""


class BudgetSpent(ModelError):
    """This incident's calls, tokens or seconds are used up."""


class WorkInterrupted(RedTideError):
    """A clean stop was requested; finished steps are checkpointed and another worker continues."""


class StoreError(RedTideError):
    """Base class of the incident store's errors."""


class IncidentNotFound(StoreError):
    """No incident has that id."""


class RevertNotFound(StoreError):
    """No revert has that id."""


class RevertStateConflict(StoreError):
    """The revert's state does not allow what was asked, or another call is executing it."""


class RevertMerged(RevertStateConflict):
    """It is merged already: only another revert undoes it."""


class StoreUnavailable(StoreError):
    """The database is unavailable; nothing was stored."""
