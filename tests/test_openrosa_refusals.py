"""What a device, or somebody who pretends to be one, is refused: with a message, and with nothing added."""
import dataclasses
import os
import resource
import subprocess

import pytest

from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from forms.form import load
from survey.cli.serve import web_command
from tests import cast
from tests.conftest import _wait_for
from tests.forms_inline import workbook
from tests.openrosa_cases import JPEG, Device, file_part, filled, multipart, password, xml_part
from tests.respondent import Respondent
from tests.test_openrosa_submissions import PHOTO_FORM

HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def device(live, installation, campaign, alice):
    return Device(live, password(installation, campaign, alice))


@pytest.fixture
def xml(installation, campaign, wang_household):
    return filled(cast.form(installation, campaign), cast.WANG, wang_household.code)


@pytest.fixture
def photos(installation, campaign):
    data = workbook(**PHOTO_FORM)
    made = load(data, "photos")
    with installation.store.write() as connection:
        form_versions.set_form(connection, campaign.id, data, made, clock.now(), COMMAND_LINE)
    return made


def refused(answer, installation, campaign, *statuses):
    assert answer.status in statuses, (answer.status, answer.body)
    assert "text/xml" in answer.headers["Content-Type"] and answer.message
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    assert cast.kept(installation, campaign) == []
    folder = installation.settings.attachments
    assert not [path for path in folder.rglob("*") if path.is_file()]


def nested(xml):
    return xml.replace(b"<dwelling>", b"<dwelling>" + b"<a>" * 5000 + b"</a>" * 5000)


def billion_laughs(xml):
    return xml.replace(b"?>", b'?><!DOCTYPE data [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 100 + b'">]>', 1).replace(
        "王小明".encode(), b"&b;")


def outside_file(xml):
    return xml.replace(b"?>", b'?><!DOCTYPE data [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1).replace("王小明".encode(), b"&a;")


def wide_dtd(xml):
    return outside_file(xml).decode().replace("<?xml version='1.0' ?>", "<?xml version='1.0' encoding='UTF-16'?>").encode("utf-16")


HOSTILE = {
    "truncated": (lambda xml: xml[:-40], 400),
    "entities": (billion_laughs, 400),
    "a file of the server": (outside_file, 400),
    "a DTD in UTF-16": (wide_dtd, 400),
    "deep nesting": (nested, 400),
    "not XML": (lambda xml: b"\x89PNG", 400),
    "empty": (lambda xml: b"", 400),
    "another namespace": (lambda xml: xml.replace(b"<data ", b'<data xmlns="http://example.org/other" '), 400),
    "a part in another namespace": (lambda xml: xml.replace(b"<dwelling>", b'<dwelling xmlns="http://example.org/other">'), 400),
    "another form": (lambda xml: xml.replace(b'id="housing-census"', b'id="spring-check"'), 404),
    "no form": (lambda xml: xml.replace(b'id="housing-census"', b""), 404),
    "another root": (lambda xml: xml.replace(b"<data ", b"<other ").replace(b"</data>", b"</other>"), 400),
    "no instanceID": (lambda xml: xml.replace(b"uuid:", b"").replace(b"<instanceID>", b"<x>").replace(b"</instanceID>", b"</x>"), 400),
    "an endless instanceID": (lambda xml: xml.replace(b"uuid:", b"uuid:" + b"0" * 300), 400),
    "encrypted": (lambda xml: xml.replace(b"<data ", b'<data encrypted="yes" '), 400),
    "3 MB of text": (lambda xml: xml.replace("王小明".encode(), b"x" * 3_000_000, 1), 413),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_xml_that_cannot_be_used_is_refused(device, xml, installation, campaign, how):
    change, status = HOSTILE[how]
    changed = change(xml)
    assert changed != xml
    refused(device.send(changed), installation, campaign, status)


def test_a_post_without_the_xml_or_with_two_is_refused(device, xml, installation, campaign):
    refused(device.post([file_part("a.jpg", JPEG)]), installation, campaign, 400)
    refused(device.post([xml_part(xml), xml_part(xml)]), installation, campaign, 400)


def test_a_body_that_is_no_multipart_or_is_cut_is_refused(device, xml, installation, campaign):
    body = multipart([xml_part(xml)], "edge")
    refused(device.post([], body=xml, content_type="text/xml"), installation, campaign, 400)
    refused(device.post([], body=body, content_type="multipart/form-data; boundary=other"), installation, campaign, 400)
    refused(device.post([], body=body[:-200], content_type="multipart/form-data; boundary=edge"), installation, campaign, 400)


def test_a_chunked_body_is_taken(device, xml, installation, campaign):
    class Chunks:
        """A body without a length, that can be sent again."""

        def __init__(self, body):
            self.body = body

        def __next__(self):
            raise StopIteration

        def __iter__(self):
            return (self.body[at:at + 700] for at in range(0, len(self.body), 700))

    body = multipart([xml_part(xml)], "edge")
    device.head()
    answer = device.post([], body=Chunks(body), content_type="multipart/form-data; boundary=edge",
                         headers={"Transfer-Encoding": "chunked"})
    assert answer.status == 201, answer.body
    assert len(cast.kept(installation, campaign)) == 1


@pytest.mark.parametrize("name", ["../../x.jpg", "/etc/x.jpg", "..\\x.jpg", ".hidden", "a\x00b.jpg"])
def test_a_path_in_a_files_name_is_refused(device, xml, installation, campaign, name):
    refused(device.send(xml, (name, JPEG)), installation, campaign, 400)


@pytest.mark.parametrize("question, name, content", [("photo", "a.jpg", HTML), ("photo", "a.jpg", b"MZ\x90\x00"),
                                                     ("sound", "a.m4a", JPEG), ("photo", "a.jpg", b"\0\0\0\x18ftypmp42")])
def test_a_file_that_is_not_what_the_form_asks_for_is_refused(device, photos, wang_household, installation, campaign, question,
                                                             name, content):
    answer = device.send(filled(photos, {question: name}, wang_household.code), (name, content))
    refused(answer, installation, campaign, 415)


def test_two_files_of_one_name_and_other_content_are_refused(device, photos, wang_household, installation, campaign):
    xml = filled(photos, {"photo": "a.jpg"}, wang_household.code)
    refused(device.send(xml, ("a.jpg", JPEG), ("a.jpg", JPEG + b"2")), installation, campaign, 409)


def test_a_cookie_signs_no_device_in(installation, campaign, app, alice, xml):
    browser = Respondent(app)
    browser.sign_in(alice)
    page = browser.open("/openrosa/formList", follow=False)
    assert page.status == 401
    posted = browser.client.post("/openrosa/submission", data=multipart([xml_part(xml)], "edge"),
                                 content_type="multipart/form-data; boundary=edge")
    assert posted.status_code == 401 and cast.kept(installation, campaign) == []


def test_an_upload_above_the_limit_is_refused_and_a_large_one_needs_little_memory(installation, campaign, alice, photos,
                                                                                wang_household, tmp_path, live):
    small = dataclasses.replace(installation.settings, workers=1, threads=4, port=int(live.rsplit(":", 1)[1]) + 1)
    server = subprocess.Popen(
        web_command(small), env={**os.environ, "SURVEY_HOME": str(small.home), "SURVEY_MAX_UPLOAD": "60000000"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (700_000_000, 700_000_000)))
    address = f"http://127.0.0.1:{small.port}"
    try:
        _wait_for(address, lambda: server.poll() is None)
        device = Device(address, password(installation, campaign, alice))
        assert device.head().headers["X-OpenRosa-Accept-Content-Length"] == "60000000"
        xml = filled(photos, {"photo": "a.jpg"}, wang_household.code)
        answer = device.send(xml, ("a.jpg", JPEG + bytes(50_000_000)))
        assert answer.status == 201
        try:
            answer = device.send(xml, ("a.jpg", JPEG + bytes(200 * 1024 * 1024)))
            assert answer.status == 413 and "太大" in answer.message
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered and closed while we still sent
        assert [row["flags"] for row in cast.kept(installation, campaign)] == [None]
    finally:
        server.terminate()
        server.wait(20)
