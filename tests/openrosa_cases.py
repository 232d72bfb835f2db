"""A device of the field, as its posts look on the wire: ODK Collect's headers, Digest, multipart and split sending."""
from __future__ import annotations

import hashlib
import http.client
import re
import secrets
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from campaigns import clock, field_password
from campaigns.audit import COMMAND_LINE
from campaigns.field_password import FieldPassword
from forms.devices import DOOR_CODE
from forms.submission import to_xml

AGENT = "org.odk.collect.android/v2024.3 Dalvik/2.1.0 (Linux; U; Android 13; Phone)"
DEVICE = "deviceID=collect%3AAbCdEfGh"
JPEG = b"\xff\xd8\xff\xe0" + b"made up picture" * 8


def password(here, made, new_user, language="zh") -> FieldPassword:
    with here.store.write() as connection:
        return field_password.issue(connection, here.keyring, made, new_user.user, clock.now(), COMMAND_LINE, language)


def instance_id() -> str:
    return f"uuid:{uuid.uuid4()}"


def filled(form, answers, code="", *, instance=None, deprecated="", version=None, extra="", **meta) -> bytes:
    """The XML that Collect finalises for these answers at the door of `code`."""
    xml = to_xml(form, answers, instance_id=instance or instance_id(), deprecated_id=deprecated, meta=meta)
    root = etree.fromstring(xml)
    if code:
        door = etree.Element(DOOR_CODE)
        door.text = code
        root.insert(0, door)
    if version is not None:
        root.set("version", version)
    text = "<?xml version='1.0' ?>" + etree.tostring(root, encoding="unicode")
    return text.replace("</data>", extra + "</data>").encode()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def message(self) -> str:
        return etree.fromstring(self.body).findtext("{http://openrosa.org/http/response}message")

    @property
    def xml(self):
        return etree.fromstring(self.body)


@dataclass
class Device:
    """Speaks to the server at `address` as Collect does over plain http: Digest only, its challenge kept and counted up."""

    address: str
    user: FieldPassword | None = None
    scheme: str = "digest"
    headers: dict = field(default_factory=dict)

    def __post_init__(self):
        self.challenge, self.count = None, 0

    def get(self, path: str) -> Answer:
        """A GET (of a path, or of an address that the server gave) with the deviceID behind it."""
        return self._ask("GET", self._with_device(path.removeprefix(self.address)))

    def head(self) -> Answer:
        return self._ask("HEAD", self._with_device("/openrosa/submission"))

    def post(self, parts, *, body=None, content_type=None, headers=None) -> Answer:
        boundary = f"---{secrets.token_hex(8)}"
        body = multipart(parts, boundary) if body is None else body
        return self._ask("POST", self._with_device("/openrosa/submission"), body,
                         {"Content-Type": content_type or f"multipart/form-data; boundary={boundary}", **(headers or {})})

    def send(self, xml: bytes, *files, incomplete=False, **more) -> Answer:
        """One submission; `files` are (name, content)."""
        return self.post([xml_part(xml), *[file_part(*each) for each in files],
                          *([("*isIncomplete*", None, None, b"yes")] if incomplete else [])], **more)

    def _with_device(self, path: str) -> str:
        return f"{path}{'&' if '?' in path else '?'}{DEVICE}"

    def _ask(self, method, path, body=None, headers=None) -> Answer:
        answer = self._once(method, path, body, headers)
        again = answer.status == 401 and self.user and self.scheme == "digest" and (
            self.challenge is None or "stale=true" in str(answer.headers.get_all("WWW-Authenticate")))
        if again:
            digest = next(each for each in answer.headers.get_all("WWW-Authenticate") if each.startswith("Digest"))
            self.challenge, self.count = dict(re.findall(r'(\w+)="?([^",]+)"?', digest[7:])), 0
            answer = self._once(method, path, body, headers)
        return answer

    def _once(self, method, path, body, headers) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            given = {"User-Agent": AGENT, "X-OpenRosa-Version": "1.0", "Date": "Sat, 21 Nov 2026 03:04:05 GMT", **self.headers,
                     **(headers or {}), **self._signed(method, path)}
            connection.request(method, path, body, given, encode_chunked=hasattr(body, "__next__"))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def _signed(self, method, path) -> dict:
        if self.user is None:
            return {}
        if self.scheme == "basic":
            import base64
            pair = f"{self.user.name}:{self.user.password}".encode()
            return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        if self.challenge is None:
            return {}
        self.count += 1
        return {"Authorization": self.digest(method, path, self.count)}

    def digest(self, method, path, count) -> str:
        c = self.challenge
        cnonce, nc = secrets.token_hex(8), f"{count:08x}"
        ha1 = _md5(f"{self.user.name}:{c['realm']}:{self.user.password}")
        response = _md5(f"{ha1}:{c['nonce']}:{nc}:{cnonce}:auth:{_md5(f'{method}:{path}')}")
        return (f'Digest username="{self.user.name}", realm="{c["realm"]}", nonce="{c["nonce"]}", uri="{path}", '
                f'response="{response}", qop=auth, nc={nc}, cnonce="{cnonce}", algorithm=MD5, opaque="{c["opaque"]}"')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def xml_part(xml: bytes, kind: str = "text/xml", name: str = "housing_2026-11-21_10-00-00.xml"):
    return ("xml_submission_file", name, kind, xml)


def file_part(name: str, content: bytes, kind: str = "image/jpeg"):
    return (name, name, kind, content)


def multipart(parts, boundary: str) -> bytes:
    """`parts`: (field name, file name or None, type or None, content), as okhttp writes them: names in UTF-8."""
    body = b""
    for name, file, kind, content in parts:
        disposition = f'form-data; name="{_quoted(name)}"' + (f'; filename="{_quoted(file)}"' if file is not None else "")
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n".encode()
        body += (f"Content-Type: {kind}\r\n" if kind else "").encode() + f"Content-Length: {len(content)}\r\n\r\n".encode()
        body += content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', "%22").replace("\n", "%0A").replace("\r", "%0D")
