"""Messages about incidents: sent from the outbox of the store to the configured channels."""
