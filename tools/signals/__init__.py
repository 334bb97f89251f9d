"""Signals: small pure functions, each one measured relation between a commit of the window and the failure."""
