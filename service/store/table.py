"""The base of all tables."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase

from service.store.moment import Moment


class Table(DeclarativeBase):
    """The base of all tables. Constraints have names, so that migrations can refer to them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON}  # noqa: RUF012 (SQLAlchemy reads it)

    def columns_of(self, schema: type[BaseModel]) -> dict[str, Any]:
        """Return the columns that have the name of a field of `schema`."""
        return {name: getattr(self, name) for name in schema.model_fields if name in self.__mapper__.columns}
