"""The language model: how it is hosted, and the interface for asking it (`models.door`).

This file imports nothing: an investigation without a model must not load a client.
"""
