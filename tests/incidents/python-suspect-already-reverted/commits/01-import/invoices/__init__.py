"""Invoices of the shop."""
