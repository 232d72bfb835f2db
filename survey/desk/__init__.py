"""The desk of a campaign: importing this package adds every section's pages to the blueprint."""
from survey.desk import (  # noqa: F401  each adds its pages
    assign,
    doors,
    entries,
    flags,
    hangers,
    held,
    keying,
    keying_differences,
    pay,
    reports,
    submissions,
)
from survey.desk.menu import pages

__all__ = ["pages"]
