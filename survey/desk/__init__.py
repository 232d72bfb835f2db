"""The desk of a campaign: importing this package adds every section's pages to the blueprint."""
from survey.desk.menu import pages

__all__ = ["pages"]
