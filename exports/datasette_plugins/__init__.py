"""Datasette's plugin, templates and static files. Datasette loads the modules of this folder by path, not as a package."""
