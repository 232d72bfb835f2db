"""The command line `survey`: one module a group of commands."""
from survey.cli.main import main

__all__ = ["main"]
