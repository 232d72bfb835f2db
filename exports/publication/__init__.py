"""Publication: the figures of a campaign as a SQLite file that Datasette serves while it is refreshed."""
from exports.publication.publish import path_of, public_path_of, publish

__all__ = ["path_of", "public_path_of", "publish"]
