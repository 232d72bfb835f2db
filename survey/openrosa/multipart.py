"""Small multipart posts, read in one go.

werkzeug compiles two patterns for every boundary that it meets, and each request of each device has a boundary of its own:
0.6 to 0.9 ms for a form of 3 KB. python-multipart needs 0.06. What is not written just as RFC 7578 has it is left to werkzeug,
so that every client is understood as before.
"""
from __future__ import annotations

import re
from io import BytesIO
from typing import IO, NamedTuple

from python_multipart.multipart import MultipartParser
from werkzeug.datastructures import FileStorage, Headers
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Request

LARGEST = 256 * 1024
_USUAL = re.compile(r'form-data; name="([^"\\%]*)"(?:; filename="([^"\\%]*)")?')


class Part(NamedTuple):
    """`filename`: None for a field."""

    name: str
    filename: str | None
    headers: list[tuple[str, str]]
    content: bytes

    @property
    def file(self) -> FileStorage:
        return FileStorage(BytesIO(self.content), self.filename, self.name, headers=Headers(self.headers))


class QuickParser(FormDataParser):
    """werkzeug's parser of posts, with the short way for small multipart bodies."""

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None) -> tuple:
        largest = min(LARGEST, self.max_form_memory_size or LARGEST)
        if mimetype != "multipart/form-data" or content_length is None or content_length > largest:
            return super().parse(stream, mimetype, content_length, options)
        body = stream.read()
        found = parts(body, (options or {}).get("boundary", ""))
        if found is None or len(found) > (self.max_form_parts or len(found)):
            return super().parse(BytesIO(body), mimetype, content_length, options)
        fields = [(part.name, part.content.decode("utf-8", "replace")) for part in found if part.filename is None]
        files = [(part.name, part.file) for part in found if part.filename is not None]
        return stream, self.cls(fields), self.cls(files)


def small(request: Request) -> list[Part] | None:
    """The parts of the post of `request` in their order; None where it is large or unusual: werkzeug can read it still."""
    length = request.content_length
    if length is None or length > LARGEST or request.mimetype != "multipart/form-data":
        return None
    found = parts(request.get_data(), request.mimetype_params.get("boundary", ""))
    return None if found is None or len(found) > (request.max_form_parts or len(found)) else found


def parts(body: bytes, boundary: str) -> list[Part] | None:
    """The parts of a body in their order; None when anything in it is unusual."""
    pieces, line, content, ended = [], [bytearray(), bytearray()], bytearray(), []

    def began() -> None:
        pieces.append([])
        content.clear()

    def header_ended() -> None:
        pieces[-1].append(tuple(map(bytes, line)))
        for each in line:
            each.clear()

    calls = {
        "on_part_begin": began, "on_part_data": lambda data, start, end: content.extend(data[start:end]),
        "on_header_field": lambda data, start, end: line[0].extend(data[start:end]), "on_header_end": header_ended,
        "on_header_value": lambda data, start, end: line[1].extend(data[start:end]),
        "on_part_end": lambda: pieces.append(_part(pieces.pop(), bytes(content))), "on_end": lambda: ended.append(True)}
    try:
        parser = MultipartParser(boundary, calls)
        parser.write(body)
        parser.finalize()
    except ValueError:  # the parser's own errors, and a boundary beyond Latin-1
        return None
    whole = ended and body.count(b"--" + boundary.encode()) == len(pieces) + 1  # no edge that others might see within a part
    return None if not whole or not pieces or None in pieces else pieces


def _part(lines: list[tuple[bytes, bytes]], content: bytes) -> Part | None:
    try:
        headers = [(name.decode(), value.decode()) for name, value in lines]
    except UnicodeDecodeError:
        return None
    known = {name.lower(): value for name, value in headers}
    usual = _USUAL.fullmatch(known.get("content-disposition", ""))
    if usual is None or len(known) != len(headers) or usual[2] is None and "charset" in known.get("content-type", ""):
        return None
    return Part(usual[1], usual[2], headers, content)
