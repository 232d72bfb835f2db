"""The desk of a campaign: importing this package adds every section's pages to the blueprint."""
from survey.desk import assign, doors, entries, flags, keying, keying_differences, pay  # noqa: F401  each adds its pages
from survey.desk.menu import pages

__all__ = ["pages"]
