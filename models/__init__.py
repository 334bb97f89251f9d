"""The language model: how it is hosted, and the interface through which it is asked (`models.door`).

Nothing is imported here: an investigation without a model must not load a client.
"""
