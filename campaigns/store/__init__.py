"""The store: schema, migrations, and how transactions are made."""
from campaigns.store import fieldwork  # noqa: F401  its tables belong to the schema
from campaigns.store.engine import NotSaved, Store

__all__ = ["NotSaved", "Store"]
