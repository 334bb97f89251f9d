"""The LangGraph workflow that connects evidence, agents, verdict and report."""
