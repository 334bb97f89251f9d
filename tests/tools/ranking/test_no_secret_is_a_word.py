"""A secret of a commit, a line or a message is no word by which a commit is suspected, nor quoted in a reason."""

from datetime import UTC, datetime
from pathlib import Path

from incidents.evidence import Commit, Evidence, RuledOut
from tests.repositories import Change, build
from tools.commits.analysis import read_commit
from tools.git.repository import Repository
from tools.ranking.gather import gather
from tools.ranking.masking import without_secret_paths
from tools.traces import parse

OLD, NEW = "Wnt3r" + "Sun7x", "Kdj38" + "dkEE6"
TOKEN = "ghp_" + "a1B2c3D4e5" * 4
KEY = "AKIA" + "Q3EGRZ7XKLM2NOPW"
DB = 'def connect(user):\n    door = user\n    return open_session(user, password="{}")\n'
MAIN = "from shop.db import connect\n\n\ndef main():\n    connect('app')\n"
TRACE = f"""\
Traceback (most recent call last):
  File "/srv/app/shop/main.py", line 5, in main
    connect('app')
  File "/srv/app/shop/db.py", line 3, in connect
    return open_session(user, password="{NEW}")
AccessDenied: the door of app is closed, password="{NEW}" is wrong
"""
BEFORE: Change = {"files": {"shop/db.py": DB.format(OLD), "shop/main.py": MAIN, "app.yaml": f"door_password: {OLD}\n"}}

COMMIT = Commit(sha="a" * 40, subject="s", author="Ana", committed_at=datetime(2026, 11, 27, tzinfo=UTC))


def gathered(folder: Path, *changes: Change, trace: str = TRACE) -> Evidence:
    built = build(folder, [BEFORE, *changes])
    return gather(Repository.open(built.path), built.shas[0], built.shas[-1], parse(trace))


def test_a_password_on_the_changed_line_is_quoted_nowhere(tmp_path: Path) -> None:
    files = {"shop/db.py": DB.format(NEW), "app.yaml": f"door_password: {NEW}\n"}
    evidence = gathered(tmp_path, {"files": files, "message": f"db: password {NEW} for {TOKEN}"})
    assert evidence.suspects[0].reasons
    assert "shop/db.py:3" in str(evidence.suspects[0])
    assert [secret for secret in (OLD, NEW, TOKEN) if secret in evidence.model_dump_json()] == []


def test_a_commit_shares_no_word_with_the_error_that_is_a_secret(tmp_path: Path) -> None:
    """The message does not say that it is a password; the commit's line does."""
    plain = TRACE.replace(f'password="{NEW}" is wrong', f"{NEW} is wrong")
    other = {"shop/other.py": f'PASSWORD = "{NEW}"\n'}
    evidence = gathered(tmp_path, {"files": other, "message": "other"}, trace=plain)
    said = [*map(str, evidence.suspects), *(row.reason for row in evidence.ruled_out)]
    assert [text for text in said if NEW in text] == []


def test_a_path_may_be_a_secret_and_is_masked_where_it_is_said(tmp_path: Path) -> None:
    files = {
        f"shop/{KEY}.py": "def open_session(user, password):\n    return None\n",
        "shop/main.py": MAIN + "\n\n# door\n",
    }
    evidence = gathered(tmp_path, {"files": files, "message": "open_session"})
    said = [each.model_dump_json() for each in (*evidence.suspects, *evidence.ruled_out)]
    assert [text for text in said if KEY in text] == []


def test_a_secret_path_is_masked_in_every_form_of_a_reason(tmp_path: Path) -> None:
    evidence = gathered(tmp_path, {"files": {"README.md": "door\n"}, "message": "docs"})
    most = f"it only changed shop/{KEY}.py"
    dropped = RuledOut(commit=COMMIT, reason=f"too little evidence: {most}", kind="little", brief=most)
    (clean,) = without_secret_paths(evidence.model_copy(update={"ruled_out": (dropped,)})).ruled_out
    assert KEY not in clean.model_dump_json()
    assert clean.brief.startswith("it only changed shop/")


def test_a_changed_password_is_still_a_change(tmp_path: Path) -> None:
    """Masked, the line would say the same before and after, and the commit would be called cosmetic."""
    built = build(tmp_path, [BEFORE, {"files": {"shop/db.py": DB.format(NEW)}, "message": "rotate"}])
    read = read_commit(Repository.open(built.path), built.shas[-1], ["shop/db.py"])
    assert not read.cosmetic
    assert [novelty for hunk in read.diff.files[0].hunks for novelty in read.novelty.added(hunk)] == [1.0]
    assert NEW not in read.added_words
    assert "password" in read.added_words
    assert "redacted" not in read.added_words


def test_what_a_person_signs_with_is_not_told(tmp_path: Path) -> None:
    mail = "jane.doeling@firma.example"
    change: Change = {"files": {"a": "1"}, "message": f"Tell {mail}\n\nSigned-off-by: J <{mail}>", "author": mail}
    built = build(tmp_path, [BEFORE, change])
    repository = Repository.open(built.path)
    commit = repository.commit(built.shas[-1])
    assert (commit.subject, mail in repository.message(commit.sha)) == ("Tell <redacted:email>", False)
    assert mail not in commit.author
