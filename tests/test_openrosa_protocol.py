"""The addresses that a device calls before it sends: list, form, files, pre-flight; and the headers of all of them."""
import gzip
import hashlib

import pytest

from campaigns import clock, people
from campaigns.audit import COMMAND_LINE
from forms.form import form_from_xform
from tests import cast
from tests.openrosa_cases import Device, password

LIST = "{http://openrosa.org/xforms/xformsList}"


@pytest.fixture
def device(live, installation, campaign, alice):
    return Device(live, password(installation, campaign, alice))


def test_the_pre_flight_is_204_with_both_headers_to_head_and_get(device):
    for answer in (device.head(), device.get("/openrosa/submission")):
        assert answer.status == 204 and answer.body == b""
        assert answer.headers["X-OpenRosa-Version"] == "1.0"
        assert answer.headers["X-OpenRosa-Accept-Content-Length"] == "100000000"
        assert len(answer.headers.get_all("Date")) == 1


def test_without_credentials_the_pre_flight_asks_for_them(live):
    answer = Device(live).head()
    assert answer.status == 401 and answer.headers["X-OpenRosa-Version"] == "1.0"
    assert any(each.startswith("Digest ") for each in answer.headers.get_all("WWW-Authenticate"))


def test_the_list_names_the_campaigns_form_with_the_hash_of_what_is_served(device, live):
    answer = device.get("/openrosa/formList")
    assert answer.status == 200 and "text/xml" in answer.headers["Content-Type"]
    (form,) = answer.xml
    told = {child.tag.removeprefix(LIST): child.text for child in form}
    assert told["formID"] == "housing-census" and told["version"] and cast.TITLE.zh in told["name"]
    assert told["downloadUrl"] == f"{live}/openrosa/forms/housing-census.xml" and "manifestUrl" not in told
    served = device.get(told["downloadUrl"])
    assert served.status == 200 and told["hash"] == "md5:" + hashlib.md5(served.body).hexdigest()


def test_the_list_can_be_filtered_by_form_and_takes_parameters_it_does_not_know(device):
    assert len(device.get("/openrosa/formList?formID=housing-census&verbose=true&listAllVersions=true&x=1").xml) == 1
    assert len(device.get("/openrosa/formList?formID=another").xml) == 0


def test_the_form_begins_with_the_doors_code_and_opens_in_the_engine(device):
    served = form_from_xform(device.get("/openrosa/forms/housing-census.xml").body)
    first = served.questions[0]
    assert (first.name, first.type, first.label.zh) == ("door_code", "barcode", "扫门上的二维码")
    assert first.label.en == "Scan the code at the door" and first.node.required is not None
    assert {"/data/meta/timeStart", "/data/meta/timeEnd"} <= set(served.definition.nodes)


def test_a_form_is_sent_compressed_to_a_device_that_can_unpack_it(device):
    plain = device.get("/openrosa/forms/housing-census.xml")
    device.headers["Accept-Encoding"] = "gzip"
    for _ in range(2):
        packed = device.get("/openrosa/forms/housing-census.xml")
        assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body
        assert packed.headers["Cache-Control"] == "no-store" and "Accept-Encoding" in packed.headers["Vary"]


def test_a_form_of_another_id_is_not_found(device):
    answer = device.get("/openrosa/forms/spring-check.xml")
    assert answer.status == 404 and "不在您参加的任务里" in answer.message


def test_a_form_without_files_has_an_empty_manifest(device):
    answer = device.get("/openrosa/forms/housing-census/manifest")
    assert answer.status == 200 and len(answer.xml) == 0 and "text/xml" in answer.headers["Content-Type"]
    assert device.get("/openrosa/forms/housing-census/media/doors.csv").status == 404


def test_another_version_of_the_protocol_is_refused(live, installation, campaign, alice):
    user = password(installation, campaign, alice)
    assert Device(live, user, headers={"X-OpenRosa-Version": "2.0"}).head().status == 400


def test_basic_is_taken_from_this_machine(live, installation, campaign, alice):
    assert Device(live, password(installation, campaign, alice), "basic").head().status == 204


def test_basic_is_not_offered_and_not_taken_over_plain_http_through_a_proxy(live, installation, campaign, alice):
    through = Device(live, password(installation, campaign, alice), "basic", headers={"X-Forwarded-For": "203.0.113.9"})
    answer = through.head()
    assert answer.status == 401
    assert [each.split()[0] for each in answer.headers.get_all("WWW-Authenticate")] == ["Digest"]


def test_a_wrong_password_is_told_in_words_and_counted(live, installation, campaign, alice):
    good = password(installation, campaign, alice)
    wrong = Device(live, type(good)(good.name, "aaaa-bbbb-cccc"), "basic")
    assert "密码不对" in wrong.get("/openrosa/formList").message
    for _ in range(19):
        assert wrong.head().status == 401
    assert wrong.head().status == 429
    assert Device(live, good, "basic").head().status == 204


def test_a_new_password_ends_the_old_one_and_a_revoked_person_is_out(live, installation, campaign, alice):
    old = Device(live, password(installation, campaign, alice))
    new = Device(live, password(installation, campaign, alice))
    assert (old.head().status, new.head().status) == (401, 204)
    with installation.store.write() as connection:
        people.revoke(connection, alice.user, clock.now(), COMMAND_LINE)
    assert new.head().status == 401


def test_a_count_used_before_is_answered_with_a_fresh_nonce(device):
    assert device.head().status == 204
    path = device._with_device("/openrosa/submission")
    answers = []
    for count in (1, 3, 2, 2):  # two requests at once may overtake each other; the same count never passes twice
        device._signed = lambda method, path, count=count: {"Authorization": device.digest(method, path, count)}
        answers.append(device._once("HEAD", path, None, None))
    assert [each.status for each in answers] == [401, 204, 204, 401]
    assert "stale=true" in str(answers[-1].headers.get_all("WWW-Authenticate"))


def test_a_digest_is_good_for_its_own_address_and_method_only(device):
    device.head()
    path = device._with_device("/openrosa/formList")
    for method, signed_path in (("HEAD", path), ("GET", path + "x")):
        given = device.digest(method, signed_path, 50)
        device._signed = lambda *_, given=given: {"Authorization": given}
        answer = device._once("GET", path, None, None)
        assert answer.status == 401 and "stale" not in str(answer.headers.get_all("WWW-Authenticate"))


def test_two_devices_of_one_person_work_side_by_side(live, installation, campaign, alice):
    user = password(installation, campaign, alice)
    one, two = Device(live, user), Device(live, user)
    assert [each.head().status for each in (one, two, one, two, two, one)] == [204] * 6


def test_messages_come_in_the_persons_language(live, installation, campaign, alice):
    english = Device(live, password(installation, campaign, alice, "en"))
    answer = english.get("/openrosa/forms/another.xml")
    assert "does not belong to your campaign" in answer.message and answer.headers["Content-Language"] == "en"
    asked = Device(live, english.user, headers={"Accept-Language": "zh-CN"})
    assert "不在您参加的任务里" in asked.get("/openrosa/forms/another.xml").message


def test_a_lead_has_no_business_here(live, installation, campaign, bob):
    from campaigns.field_password import NotForDevices
    with pytest.raises(NotForDevices):
        password(installation, campaign, bob)
