"""Found before the library: Ray Serve imports it where it is installed, which is where a model is hosted (a third of a second a process)."""

raise ImportError("the service runs without pandas")
