"""Alembic migrations of the incident store, run from code when the service starts (`service.store.engine.migrate`)."""
