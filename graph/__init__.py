"""The LangGraph workflow that chains evidence, agents, verdict and report."""
