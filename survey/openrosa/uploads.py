"""Large bodies: parts of a multipart post go to disk, into the data folder, while they arrive; never into memory whole."""
from __future__ import annotations

from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Request, current_app

_IN_MEMORY = 256 * 1024


class UploadRequest(Request):
    """A request whose large files are kept in a nameless file beside the attachments until they are sealed."""

    def _get_file_stream(self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
                         content_length: int | None = None) -> IO[bytes]:
        if total_content_length is not None and total_content_length <= _IN_MEMORY:
            return BytesIO()
        return SpooledTemporaryFile(max_size=_IN_MEMORY, dir=current_app.installation.settings.attachments)
