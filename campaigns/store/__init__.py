"""The store: schema, migrations, and how transactions are made."""
from campaigns.store.engine import NotSaved, Store

__all__ = ["NotSaved", "Store"]
