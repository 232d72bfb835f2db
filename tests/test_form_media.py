"""The files of a form: kept with its version, shown on pages, looked up in, served to apps. Numbers are those of forms/media.py."""
import hashlib
import json

import pytest
from lxml import etree

from campaigns import form_versions
from forms.form import load
from forms.language import Refusal
from forms.media import wanted
from survey.preview import preview_app
from tests import cast
from tests.forms_inline import form, workbook
from tests.openrosa_cases import password
from tests.respondent import Respondent
from tests.test_cli import NEW, survey
from tests.test_form_pages_site import ROOT, use

__all__ = ["survey"]
PNG, OGG = b"\x89PNG\r\n\x1a\n a picture", b"OggS a recording"
TOWNS = b"name,label,county,people\nt1,Tengzhou,z,1600000\nt2,Shanting,z,480000\nt3,Qufu,j,640000\n"
BOOK = workbook(survey="""
    | type | name | label::English (en) | label::中文 (zh) | image::English (en) | image::中文 (zh) | audio | calculation | choice_filter |
    | note | look | Look | 看 | a.png | b.png | say.ogg | | |
    | select_one kind | kind | Which? | 哪种？ | | | | | |
    | select_one_from_file towns.csv | town | Town | 镇 | | | | | county='z' |
    | calculate | people | | | | | | pulldata('towns', 'people', 'name', ${town}) | |
    | note | told | ${people} people | ${people} 人 | | | | | |
    """, choices="""
    | list_name | name | label::English (en) | label::中文 (zh) | media::image::English (en) | media::image::中文 (zh) |
    | kind | x | Flat | 楼房 | a.png | a.png |
    | kind | y | House | 平房 | | |
    """)
FILES = {"towns__csv": TOWNS, "a__png": PNG, "b__png": PNG + b"zh", "say__ogg": OGG}


def test_pages_show_pictures_and_sound_in_the_readers_language_and_look_things_up(installation, campaign, wang_household, app):
    used = use(installation, campaign, BOOK, "towns", **FILES)
    assert wanted(used) == {"towns.csv": "list", "say.ogg": "audio", "a.png": "image", "b.png": "image"}
    page = Respondent(app, "zh-CN").open(f"/h/{wang_household.code}/form")
    note, choice = page.page.xpath("//img")
    assert page.client.get(note.get("src")).data == PNG + b"zh" and note.get("alt") == "看的图片"
    assert choice.getparent().get("for") == "q-kind" and page.page.xpath("//audio/@controls")
    picture = page.client.get(choice.get("src"))
    assert picture.data == PNG and picture.content_type == "image/png" and "immutable" in picture.headers["Cache-Control"]
    assert page.page.xpath("//*[@name='q-town']//@value | //*[@name='q-town']/@value") == ["t1", "t2"]
    page.send([("q-kind", "x"), ("q-town", "t2"), ("_do", "next")], action_end="/form")
    if "480000 人" not in page.text:
        page.send([("q-kind", "x"), ("q-town", "t2"), ("_do", "next")], action_end="/form")
    page.send([("_do", "send")], action_end="/form")
    assert cast.kept(installation, campaign)[0]["answers"] == {"kind": "x", "town": "t2", "people": "480000"}


def test_a_list_is_not_handed_out_to_everybody(installation, campaign, app):
    use(installation, campaign, BOOK, "towns", **FILES)
    assert app.test_client().get(f"/form-media/{hashlib.sha256(TOWNS).hexdigest()}/towns.csv").status_code == 404


def test_apps_get_the_files_by_the_manifest(installation, campaign, app, alice):
    use(installation, campaign, BOOK, "towns", **FILES)
    credentials = password(installation, campaign, alice)
    phone = app.test_client()
    signed = {"headers": {"X-OpenRosa-Version": "1.0"}, "auth": (credentials.name, credentials.password), "base_url": "https://localhost"}
    listed = etree.fromstring(phone.get("/openrosa/formList", **signed).data)
    assert listed[0][-1].text.endswith("/openrosa/forms/towns/manifest")
    found = {}
    for file in etree.fromstring(phone.get("/openrosa/forms/towns/manifest", **signed).data):
        name, digest, address = (child.text for child in file)
        answer = phone.get(address.partition("//")[2].partition("/")[2], **signed)
        found[name] = (answer.content_type, answer.data)
        assert digest == "md5:" + hashlib.md5(answer.data).hexdigest()
    assert found == {"a.png": ("image/png", PNG), "b.png": ("image/png", PNG + b"zh"), "say.ogg": ("audio/ogg", OGG),
                     "towns.csv": ("text/csv; charset=utf-8", TOWNS)}


def test_the_page_of_a_door_looks_up_this_door_and_no_other(installation, campaign, wang_household, li_household, app):
    use(installation, campaign, workbook(survey="| type | name | label |\n| select_one_from_file doors.csv | door | Door |"), "doors")
    page = Respondent(app, "en").open(f"/h/{wang_household.code}/form")
    assert page.page.xpath("//*[@name='q-door']/@value") == [str(wang_household.door_id)] and "502" not in page.text


@pytest.mark.parametrize("changes, reason", [
    ({"a__png": None, "towns__csv": None}, "towns.csv, a.png"),  # MED-1
    ({"a__png": OGG}, "“a.png” is not a picture"),  # MED-3
    ({"towns__csv": b""}, "not a list"),
    ({"say__ogg": OGG + b"1" * 21_000_000}, "too large"),  # MED-4
])
def test_files_that_are_missing_or_wrong_are_refused_by_name(installation, campaign, changes, reason):
    given = {name: content for name, content in {**FILES, **changes}.items() if content is not None}
    with pytest.raises(Refusal, match=reason):
        use(installation, campaign, BOOK, "towns", **given)


def test_a_name_with_a_folder_is_refused(installation, campaign):  # MED-2
    book = workbook(survey="| type | name | label | media::image |\n| text | a | A | ../a.png |")
    with pytest.raises(Refusal, match="no folders"):
        use(installation, campaign, book, "a", **{"a__png": PNG})


def test_other_files_make_another_version_of_the_same_workbook(installation, campaign):
    use(installation, campaign, BOOK, "towns", **FILES)
    use(installation, campaign, BOOK, "towns", **FILES)
    use(installation, campaign, BOOK, "towns", **{**FILES, "b__png": PNG})
    with installation.store.read() as connection:
        number, newest = form_versions.household_form(connection, campaign.id)
        assert number == 3 and not newest.definition.lacking
        assert not form_versions.form_of(connection, 2).definition.lacking


def test_the_command_line_keeps_what_the_form_needs_and_names_what_it_does_not(survey, tmp_path):
    survey(*NEW, PYTHONPATH=ROOT)
    (tmp_path / "mine.xlsx").write_bytes(BOOK)
    lacking = survey("campaign", "form", "set", "mine.xlsx", "--campaign", "c1", PYTHONPATH=ROOT)
    assert lacking.returncode == 1 and "towns.csv" in lacking.stderr and "--media" in lacking.stderr
    (tmp_path / "files").mkdir()
    for name, content in {**FILES, "other__txt": b"x"}.items():
        (tmp_path / "files" / name.replace("__", ".")).write_bytes(content)
    done = survey("campaign", "form", "set", "mine.xlsx", "--media", "files", "--campaign", "c1", "--json", PYTHONPATH=ROOT)
    assert json.loads(done.stdout)["unused"] == ["other.txt"] and len(json.loads(done.stdout)["files"]) == 4


def test_a_preview_shows_them_too_and_says_what_is_missing():
    files = {name.replace("__", "."): content for name, content in FILES.items() if name != "a__png"}
    shown = Respondent(preview_app(load(BOOK, "towns", files), files), "en").open("/")
    assert "a picture here that this page cannot show" in shown.text
    assert shown.client.get(shown.page.xpath("//audio/@src")[0]).data == OGG


EXTERNAL = form("""
    | type | name | label | choice_filter |
    | select_one state | state | State | |
    | select_one_external cities | city | City | state=${state} |
    """, choices="""
    | list_name | name | label |
    | state | tx | Texas |
    | state | wa | Washington |
    """, external_choices="""
    | list_name | name | label | state |
    | cities | dal | Dallas | tx |
    | cities | sea | Seattle | wa |
    """)


def test_a_choice_from_the_sheet_external_choices_is_a_list_that_follows_the_answer_before():
    page = Respondent(preview_app(EXTERNAL), "en").open("/")
    page.send([("q-state", "wa"), ("_do", "look")])
    assert page.page.xpath("//*[@name='q-city']/@value") == ["sea"] and "Seattle" in page.text
    page.send([("q-state", "wa"), ("q-city", "sea"), ("_do", "next")]).send([("_do", "send")])
    assert "sea" in page.text and EXTERNAL.warnings == []


def test_a_range_takes_only_what_is_on_its_scale():
    scale = form("| type | name | label | parameters |\n| range | r | R | start=0 end=100 step=5 |")
    page = Respondent(preview_app(scale), "en").open("/")
    for wrong in ("101", "7", "-5"):
        page.send([("q-r", wrong), ("_do", "next")])
        assert page.status == 422 and "from 0 to 100, in steps of 5" in page.text
    page.send([("q-r", "35"), ("_do", "next")])
    assert page.status == 200

