"""Small multipart posts mean the same, read in one go, as werkzeug reads them."""
from io import BytesIO

import pytest
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from survey.openrosa.multipart import LARGEST, QuickParser, parts

EDGE = "--a.b+c-Boundary"
XML = "<data id='q'><name>𠮷</name></data>\r\n\r\n--a.b+c\r\n".encode()


def body(*written: bytes, end: bytes = b"--\r\n") -> bytes:
    edge = f"--{EDGE}".encode()
    return b"".join(edge + b"\r\n" + one + b"\r\n" for one in written) + edge + end


def part(disposition: str, content: bytes, *more: str) -> bytes:
    return "\r\n".join([f"Content-Disposition: form-data; {disposition}", *more]).encode() + b"\r\n\r\n" + content


FORM = part('name="xml_submission_file"; filename="census.xml"', XML, "Content-Type: text/xml")
PHOTO = part('name="1.jpg"; filename="1.jpg"', b"\xff\xd8\xff\r\n\x00", "Content-Type: image/jpeg", "Content-Length: 6")
FLAG = part('name="*isIncomplete*"', "是".encode())
USUAL = {
    "a form": body(FORM), "its photo and a field": body(FORM, PHOTO, FLAG), "no line end at the end": body(FORM, end=b"--"),
    "empty parts": body(part('name="a"', b""), part('name="b"; filename=""', b"")),
    "the same name twice": body(FLAG, FLAG, PHOTO, PHOTO), "broken UTF-8 in a field": body(part('name="a"', b"\xff")),
    "an epilogue": body(FORM) + b"bye",
}
UNUSUAL = {
    "cut": body(FORM, PHOTO)[:-40], "nothing": b"", "another edge": body(FORM).replace(b"Boundary", b"boundary"),
    "bare line feeds": body(FORM).replace(b"\r\n", b"\n"), "a preamble": b"hello\r\n" + body(FORM), "no part": body(),
    "an edge within": body(part('name="a"; filename="a"', b"x\n--" + EDGE.encode() + b"\ny")),
    "a longer edge within": body(part('name="a"', b"x\r\n--" + EDGE.encode() + b"more\r\ny")),
    "a quote in a name": body(part('name="a\\"b"; filename="c\\\\d"', b"x")), "a name in percent": body(part('name="a%22b"', b"x")),
    "an extended name": body(part("name=\"a\"; filename*=UTF-8''%E6%98%AF", b"x")),
    "a folded header": body(part('name="a";\r\n filename="b"', b"x")), "no disposition": body(b"Content-Type: text/plain\r\n\r\nx"),
    "no header": body(b"\r\nx"), "no blank line": body(b"x"),
    "two dispositions": body(part('name="a"', b"x", 'Content-Disposition: form-data; name="b"')),
    "a name without quotes": body(part("name=a", b"x")),
    "another charset": body(part('name="a"', b"\xe9", "Content-Type: text/plain; charset=iso-8859-1")),
    "latin names": body(b'Content-Disposition: form-data; name="\xe9"\r\n\r\nx'),
    "blanks after the edge": body(FORM).replace(b"Boundary\r\n", b"Boundary  \r\n"),
}


def read(parser, content: bytes, boundary: str = EDGE, **limits):
    _, form, files = parser(stream_factory=lambda *_, **__: BytesIO(), **limits).parse(
        BytesIO(content), "multipart/form-data", len(content), {"boundary": boundary})
    return (list(form.items(multi=True)),
            [(name, each.filename, each.name, list(each.headers), each.read()) for name, each in files.items(multi=True)])


@pytest.mark.parametrize("content", USUAL.values(), ids=USUAL)
def test_a_usual_post_is_read_in_one_go_and_means_the_same(content):
    assert parts(content, EDGE) is not None
    assert read(QuickParser, content) == read(FormDataParser, content)


@pytest.mark.parametrize("content", UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_post_is_left_to_werkzeug(content):
    assert parts(content, EDGE) is None
    assert read(QuickParser, content) == read(FormDataParser, content)


@pytest.mark.parametrize("boundary", ["", "是", "other"])
def test_a_post_with_no_good_boundary_is_left_to_werkzeug(boundary):
    assert parts(USUAL["a form"], boundary) is None


def test_limits_hold_as_before():
    long = body(part('name="a"', b"x" * 5000))
    for limits in ({"max_form_memory_size": 4000}, {"max_form_parts": 1}):
        for parser in (QuickParser, FormDataParser):
            with pytest.raises(RequestEntityTooLarge):
                read(parser, body(FLAG, FLAG) if "max_form_parts" in limits else long, **limits)
    large = body(part('name="a"; filename="a"', b"x" * LARGEST))
    assert read(QuickParser, large) == read(FormDataParser, large)
