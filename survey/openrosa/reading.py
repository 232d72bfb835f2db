"""A post to /openrosa/submission taken apart: the one XML, and the files beside it."""
from __future__ import annotations

from typing import NamedTuple

from flask import Request, current_app, request
from werkzeug.datastructures import FileStorage

from campaigns import filetypes, filled
from campaigns.filled import BadXml, Filled
from survey.openrosa import multipart

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
    xmls, files, complete = _small(request) or _any(request, settings.max_body)
    if len(xmls) != 1:
        raise BadXml("没有表的内容", "it has no form in it") if not xmls else BadXml("一次只能发一份表", "it has two forms in it")
    form = filled.read(xmls[0], settings.max_body)
    for name, _ in files:
        filled.check_name(name)
    return Upload(form, files, complete)


_Taken = tuple[list[bytes], list[tuple[str, FileStorage]], bool]


def _small(request: Request) -> _Taken | None:
    """The XMLs, the files beside them and whether no more are to come; None where werkzeug has to read the post."""
    found = multipart.small(request)
    if found is None:
        return None
    return ([part.content if part.filename is not None else part.content.decode("utf-8", "replace").encode()
             for part in found if part.name == XML_PART],
            [(part.filename or part.name, part.file) for part in found if part.filename is not None and part.name != XML_PART],
            not any(part.name == INCOMPLETE and part.filename is None for part in found))


def _any(request: Request, most: int) -> _Taken:
    """The same of a post of any size; of an XML, a byte more than `most` at the most."""
    return ([*(file.stream.read(most + 1) for file in request.files.getlist(XML_PART)),
             *(text.encode() for text in request.form.getlist(XML_PART))],
            [(file.filename or part, file) for part, file in request.files.items(multi=True) if part != XML_PART],
            INCOMPLETE not in request.form)


def check_kind(kind: str, file: FileStorage) -> None:
    """Raises WrongKind for a file whose content is not of this kind."""
    head = file.stream.read(filetypes.HEAD)
    file.stream.seek(0)
    filled.check_kind(kind, head)
