"""docs/agents.md shows what the agents really see."""

from pathlib import Path

from benchmarks.transcripts import page

PAGE = Path(__file__).parents[1] / "docs" / "agents.md"


def test_the_transcripts_in_the_documents_are_what_the_program_prints() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    assert shown == page(), "run `python -m benchmarks.transcripts > docs/agents.md`"
