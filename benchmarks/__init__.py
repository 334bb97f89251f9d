"""What takes how long. Timings are printed by these commands, never asserted in tests."""
