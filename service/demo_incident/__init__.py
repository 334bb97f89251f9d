"""The sample incident of `redtide demo`, kept as a recorded incident: numbered folders that become real commits."""

from pathlib import Path

SAMPLE = Path(__file__).parent / "cart_total"
