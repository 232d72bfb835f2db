"""What holds for every page: headers, errors in plain words, nothing personal in logs, labels on every field."""
import gzip
import logging
import re

import pytest
from flask import request

from campaigns.codes import symbols
from campaigns.installation import Installation
from campaigns.settings import Settings
from survey.app import create_app
from tests import cast
from tests.respondent import Respondent


def test_the_health_page_is_well_when_the_store_answers(resident):
    assert (resident.open("/healthz").status, resident.response.data) == (200, b"ok\n")


def test_the_health_page_is_ill_when_the_store_does_not_answer(resident, installation):
    installation.store.close()
    (installation.settings.home / "store.db").unlink()
    (installation.settings.home / "store.db").mkdir()
    assert resident.open("/healthz").status == 503


def test_the_first_page_says_what_this_is_and_leads_to_codes_and_sign_in(resident, campaign):
    page = resident.open("/")
    assert page.page.xpath("//a[@href='/h']") and page.page.xpath("//a[@href='/sign-in']")
    assert campaign.title.zh in page.text


@pytest.mark.parametrize("path", ["/", "/h", "/sign-in", "/healthz", "/nothing-here", "/static/survey.css"])
def test_every_answer_carries_the_headers_that_protect(resident, path):
    headers = resident.open(path).response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self)" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/h?q=", "/desk/", "/nothing-here/", "/openrosa/formList?formID="])
def test_an_address_that_is_too_long_is_answered_in_words(resident, path):
    answer = resident.open(path + "x" * 4000)
    assert answer.status == 414 and "网址太长了" in answer.response.get_data(as_text=True)
    assert resident.open(f"/h?q={'x' * 3000}").status == 200


def test_pages_are_not_kept_by_browsers_or_proxies(resident, wang_household):
    for path in (f"/h/{wang_household.code}", f"/h/{wang_household.code}/form"):
        assert resident.open(path).response.headers["Cache-Control"] == "no-store"


def test_no_page_needs_inline_script_or_style(resident, wang_household):
    page = resident.open(f"/h/{wang_household.code}/form").page
    assert not page.xpath("//script[not(@src)]") and not page.xpath("//style") and not page.xpath("//*[@style]")
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]


def test_large_pages_travel_compressed_and_read_the_same(app, wang_household):
    plain = Respondent(app).open(f"/h/{wang_household.code}/form").response.data
    packed = Respondent(app, HTTP_ACCEPT_ENCODING="gzip").open(f"/h/{wang_household.code}/form").response
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) < len(plain) / 3
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert wang_household.place in gzip.decompress(packed.data).decode()


@pytest.mark.parametrize("language, said", [("zh", "没有这个页面"), ("en", "There is no such page")])
def test_an_address_that_does_not_exist_says_so_in_the_readers_language(app, language, said):
    page = Respondent(app, language=language).open("/nothing-here")
    assert page.status == 404 and said in page.text


def test_a_method_that_an_address_does_not_take_says_so(resident):
    page = resident.post("/healthz", {})
    assert page.status == 405 and "扫描" in page.text and "GET" in page.response.headers["Allow"]


@pytest.fixture
def broken(installation, campaign):
    """A site whose campaign key is unreadable: sending fails in a way that nobody foresaw."""
    house = cast.door(installation, campaign, "501")
    app = create_app(installation)
    phone = Respondent(app).open(f"/h/{house.code}/form")

    def explode(*_):
        raise RuntimeError(f"王小明 13800138000 {house.code}")
    installation.intake = explode
    return phone, house


def test_an_unforeseen_error_is_a_page_in_plain_words(broken, installation, campaign):
    phone, _ = broken
    phone.send(cast.fields(installation, campaign))
    assert phone.status == 500 and "不是您的问题" in phone.text


def test_the_log_of_an_unforeseen_error_says_where_and_nothing_personal(broken, installation, campaign, caplog):
    phone, house = broken
    with caplog.at_level(logging.DEBUG):
        phone.send(cast.fields(installation, campaign))
    logged = caplog.text
    assert "RuntimeError" in logged and "entries.py" in logged
    assert not [each for each in ("王小明", "13800138000", house.code, symbols.grouped(house.code)) if each in logged]


def test_a_whole_journey_logs_no_name_number_code_or_receipt(app, alice, wang_household, installation, campaign, caplog):
    fields = cast.fields(installation, campaign)
    with caplog.at_level(logging.DEBUG):
        phone = Respondent(app).open(f"/h/{wang_household.code}/form").send(fields[1:]).send(fields)
        Respondent(app).sign_in(alice).open(f"/v/door/{wang_household.code}")
        Respondent(app).open(f"/h/{symbols.write(77)}")
    receipt = phone.page.xpath("//p[@class='number']")[0].text
    assert not [each for each in ("王小明", "李𠮷", "13800138000", wang_household.code, alice.badge, alice.pin, receipt,
                                  symbols.write(77)) if each in caplog.text]


@pytest.fixture
def every_page(app, alice, bob, wang_household, li_household, installation, campaign):
    """(name, Respondent) for each page with something to look at."""
    fields = cast.fields(installation, campaign)
    done = Respondent(app).open(f"/h/{li_household.code}/form").send(fields)
    at_work, lead = Respondent(app).sign_in(alice), Respondent(app).sign_in(bob)

    def pages(language):
        here = {"language": language}
        yield Respondent(app, **here).open("/")
        yield Respondent(app, **here).open("/h").send(code="12")
        yield Respondent(app, **here).open(f"/h/{wang_household.code}")
        yield Respondent(app, **here).open(f"/h/{wang_household.code}/form")
        yield Respondent(app, **here).open(f"/h/{wang_household.code}/form").send(fields[1:])
        yield Respondent(app, **here).open(f"/h/{li_household.code}")
        yield Respondent(app, **here).open("/sign-in").send(badge="1", pin="")
        yield done.open(done.url + f"?lang={language}")
        for phone, paths in ((at_work, ("/v/plain", f"/v/door/{wang_household.code}", f"/v/door/{li_household.code}",
                                        f"/v/door/{wang_household.code}/form")), (lead, ("/lead/", "/lead/team"))):
            for path in paths:
                yield phone.open(f"{path}?lang={language}")
    return pages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_of_every_page_has_a_label_and_every_reference_leads_somewhere(every_page, language):
    for shown in every_page(language):
        page = shown.page
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), shown.url
        for field in page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            labelled = page.xpath(f"//label[@for='{field.get('id')}']")
            assert labelled and labelled[0].text_content().strip(), (shown.url, field.get("name"))
        for names in page.xpath("//*[@aria-describedby]/@aria-describedby | //*[@aria-labelledby]/@aria-labelledby"):
            assert set(names.split()) <= set(ids), (shown.url, names)
        for button in page.xpath("//button[not(@aria-hidden)]"):
            assert button.text_content().strip(), shown.url


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_one_heading_a_title_and_the_right_language(every_page, language):
    for shown in every_page(language):
        page = shown.page
        assert len(page.xpath("//h1")) == 1, shown.url
        assert page.find(".//title").text.strip()
        assert page.get("lang") == {"zh": "zh-Hans", "en": "en"}[language], shown.url


def test_every_page_of_a_campaign_says_whose_it_is_until_when_and_whom_to_call(every_page, campaign):
    for shown in every_page("zh"):
        header = shown.page.xpath("//header")[0].text_content()
        assert campaign.title.zh in header and cast.PHONE in header and "截止" in header, shown.url


def test_english_pages_hold_no_chinese_but_names_of_places_people_and_the_language_link(every_page, campaign):
    allowed = re.compile("中文|幸福里-3栋-2单元-\\d+|龙泉社区|艾丽丝|一组|王小明|李𠮷")
    for shown in every_page("en"):
        rest = allowed.sub("", shown.text)
        assert not re.search("[\u4e00-\u9fff]", rest), (shown.url, re.findall(".{9}[\u4e00-\u9fff]+", rest))


def test_only_a_configured_proxy_is_believed_about_the_address(tmp_path):
    app = create_app(Installation(Settings(home=tmp_path / "i", proxies=1)))
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr))
    Respondent(app, HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7").open("/healthz")
    assert seen == ["192.0.2.7"]
