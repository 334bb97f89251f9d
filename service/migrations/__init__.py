"""Alembic migrations of the incident store, run from code when the service starts (`service.engine.migrate`)."""
