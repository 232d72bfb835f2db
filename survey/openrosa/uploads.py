"""Posts with files. Small ones are read in one go; parts of large ones go to disk, into the data folder, while they arrive,
and are never in memory whole."""
from __future__ import annotations

from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Request, current_app

from survey.openrosa.multipart import LARGEST, QuickParser


class UploadRequest(Request):
    """A request whose large files are kept in a nameless file beside the attachments until they are sealed."""

    form_data_parser_class = QuickParser

    def _get_file_stream(self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
                         content_length: int | None = None) -> IO[bytes]:
        if total_content_length is not None and total_content_length <= LARGEST:
            return BytesIO()
        return SpooledTemporaryFile(max_size=LARGEST, dir=current_app.installation.settings.attachments)
