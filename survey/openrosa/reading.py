"""A post to /openrosa/submission taken apart: the one XML, and the files beside it."""
from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from campaigns import filetypes, filled
from campaigns.filled import BadXml, Filled

XML_PART, INCOMPLETE = "xml_submission_file", "*isIncomplete*"


class Upload(NamedTuple):
    """One post. `files`: everything beside the XML, by bare name. `complete`: no more to come."""

    form: Filled
    files: list[tuple[str, FileStorage]]
    complete: bool


def read() -> Upload:
    """The post of this request. Raises BadXml, TooLargeXml, BadName, RequestEntityTooLarge."""
    settings = current_app.installation.settings
    request.max_content_length = settings.max_upload
    found = [*request.files.getlist(XML_PART), *request.form.getlist(XML_PART)]
    if len(found) != 1:
        raise BadXml("没有表的内容", "it has no form in it") if not found else BadXml("一次只能发一份表", "it has two forms in it")
    xml = found[0].encode() if isinstance(found[0], str) else found[0].stream.read(settings.max_body + 1)
    return Upload(filled.read(xml, settings.max_body), list(_files()), INCOMPLETE not in request.form)


def _files() -> Iterator[tuple[str, FileStorage]]:
    for part, file in request.files.items(multi=True):
        if part != XML_PART:
            name = file.filename or part
            filled.check_name(name)
            yield name, file


def check_kind(kind: str, file: FileStorage) -> None:
    """Raises WrongKind for a file whose content is not of this kind."""
    head = file.stream.read(filetypes.HEAD)
    file.stream.seek(0)
    filled.check_kind(kind, head)
