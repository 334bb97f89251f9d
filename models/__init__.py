"""The language model: how it is hosted, and the one door through which it is asked.

Import what you need from its module (`models.door`, `models.openai_server`, ...): nothing is imported here, so that
an investigation without a model never loads a client.
"""
