"""One reader a tool that prints failures in a form of its own: test runners, notebooks, trackers, crash reports."""
