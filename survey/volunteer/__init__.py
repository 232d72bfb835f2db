"""Pages for those who collect: volunteers at the door, clerks who key paper forms; and their leads.

Importing this package adds every page to its blueprint.
"""
from survey.volunteer import hangers
from survey.volunteer.pages import pages

__all__ = ["hangers", "pages"]
