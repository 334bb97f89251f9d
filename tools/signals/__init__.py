"""Signals: small pure functions that each measure one relation between a commit of the window and the failure."""
