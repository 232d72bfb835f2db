"""Everything that leaves: printed sheets, the published progress file, workbooks, the archive."""
