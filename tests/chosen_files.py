"""Files as a person has them on the phone: a photo, a recording, a film, a paper."""
from __future__ import annotations

import io

from PIL import Image

from tests.runtime_walker import photo

KINDS = {
    "image": ("a.jpg", "image/jpeg"), "audio": ("a.ogg", "audio/ogg"),
    "video": ("a.webm", "video/webm"), "file": ("a.pdf", "application/pdf")}
CONTENT = {"audio": b"OggS\x00 sound", "video": b"\x1aE\xdf\xa3 film", "file": b"%PDF-1.4 a paper"}


def of_kind(kind: str) -> dict:
    """What Playwright's set_input_files takes; any other kind is a paper."""
    kind = kind if kind in KINDS else "file"
    name, mime = KINDS[kind]
    return {"name": name, "mimeType": mime, "buffer": photo() if kind == "image" else CONTENT[kind]}


STARTS = {"wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
          "m4a": b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00", "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00",
          "csv": b"name_key,name\nmango,Mango\norange,Orange\n",
          "geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": '
                     b'[114.05, 22.61]}, "properties": {"id": "c1", "title": "One town"}}]}'}


def beside_a_form(name: str) -> bytes:
    """What stands in for a file that a form refers to and that did not come with it."""
    ending = name.rsplit(".", 1)[-1]
    if ending in STARTS:
        return STARTS[ending]
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (0, 90, 60)).save(out, {"jpg": "JPEG", "png": "PNG", "svg": "PNG"}[ending])
    return out.getvalue()
