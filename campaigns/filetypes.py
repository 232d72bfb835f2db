"""What a file is by its first bytes: a photo must be a picture, whatever its name says."""
from __future__ import annotations

import re

HEAD = 64
_ISO = re.compile(rb"....ftyp(....)", re.S)
_PICTURES = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"hevc")
_STARTS = {
    "image": (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*"),
    "audio": (b"OggS", b"ID3", b"#!AMR", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa", b"\xff\xf1", b"\xff\xf9",
              b"\x1aE\xdf\xa3", b"MThd"),
    "video": (b"\x1aE\xdf\xa3", b"OggS", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FLV"),
}
_RIFF = {"image": b"WEBP", "audio": b"WAVE", "video": b"AVI "}


def fits(kind: str, head: bytes) -> bool:
    """Whether a file that begins with `head` (HEAD bytes, fewer for a shorter one) is of this kind (image, audio, video; any
    other kind takes all files). An empty file fits: a device sends one when taking the photo failed."""
    if kind not in _STARTS or not head:
        return True
    iso = _ISO.match(head)
    if iso:
        return (iso[1] in _PICTURES) == (kind == "image")
    if head[:4] == b"RIFF":
        return head[8:12] == _RIFF[kind]
    return head.startswith(_STARTS[kind])


_SHOWN = (("image/jpeg", b"\xff\xd8\xff"), ("image/png", b"\x89PNG\r\n\x1a\n"), ("image/gif", b"GIF8"), ("image/bmp", b"BM"),
          ("audio/ogg", b"OggS"), ("audio/mpeg", b"ID3"), ("audio/mpeg", b"\xff\xfb"), ("audio/flac", b"fLaC"),
          ("video/webm", b"\x1aE\xdf\xa3"))
_SHOWN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}


def shown_as(head: bytes) -> str:
    """The media type under which a browser may show a file that begins with `head`: only pictures, sound and films, which
    hold no script; "" for everything else."""
    iso = _ISO.match(head)
    if iso:
        return "image/heic" if iso[1] in _PICTURES else "audio/mp4" if iso[1].startswith(b"M4A") else "video/mp4"
    if head[:4] == b"RIFF":
        return _SHOWN_RIFF.get(head[8:12], "")
    return next((kind for kind, start in _SHOWN if head.startswith(start)), "")
