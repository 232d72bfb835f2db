"""Forms filled in the browser (static/form/open.js): the same questions, rules and answers as on the server's pages."""
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forms import browser, check
from forms.answers import validate
from forms.form import LIBRARY, FormError, form_from_xform, library, load
from forms.functions.registry import FUNCTIONS
from forms.submission import from_xml
from survey.preview import preview_app
from tests import runtime_walker as runtime
from tests.forms_inline import workbook
from tests.test_form_pages import CHECKED

CORPUS = Path(__file__).parents[2] / "shared/corpus/forms"
# Functions as they are called; those that are not here take what their signature says.
CALLS = {
    "jr:choice-name": "string('x')", "jr:itext": "jr:itext('x')", "instance": "instance('x')/root/item/name",
    "digest": "digest('a', 'MD5')", "current": "current()/../a", "randomize": "count(randomize(/data/a))", "id": "count(id('a'))",
    "area": "area('1 1 0 0; 1 2 0 0; 2 2 0 0; 1 1 0 0')", "distance": "distance('1 1 0 0; 1 2 0 0')",
    "geofence": "geofence('1 1 0 0', '0 0 0 0; 0 2 0 0; 2 2 0 0; 0 0 0 0')"}
ARGUMENTS = {"t": "'a'", "n": "2", "b": "true()", "v": "'2020-01-01'", "s": "/data/a"}
XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>t</h:title><model><itext><translation lang="en" default="true()"><text id="x"><value>X</value></text></translation></itext>
<instance><data id="t"><a>a</a><c/><meta><instanceID/></meta></data></instance>
<instance id="x"><root><item><name>n</name></item></root></instance>
<bind nodeset="/data/a" type="string"/><bind nodeset="/data/c" type="string" calculate="%s"/></model></h:head>
<h:body><input ref="/data/a"><label>A</label></input></h:body></h:html>"""
LOAD = """async (forms) => {
  const {engine} = await import("/static/form/open.js");
  const {loadForm} = await engine();
  const refused = [];
  for (const [name, xml] of Object.entries(forms)) {
    try {
      const none = async () => new Response("", {status: 404});
      const loaded = await loadForm(xml, {fetchFormAttachment: none, missingResourceBehavior: "ERROR"});
      if (loaded.status === "failure") throw loaded.error;
      await loaded.createInstance().root.prepareInstancePayload({payloadType: "monolithic"});
    } catch (error) { refused.push([name, String(error.message)]); }
  }
  return refused;
}"""


@pytest.fixture
def page(chromium):
    page = runtime.blank_page(chromium)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    page.context.close()


def filled(page, key, language="zh"):
    """Walk through a bundled form; (form, raw answers, typed and kept)."""
    form = library(key)[1]
    assert runtime.open_form(page, form, language) == ""
    walker = runtime.walk(page)
    raw = from_xml(form, runtime.sent(page).encode())
    assert page.problems == []
    return form, raw, runtime.typed_and_kept(form, walker.seen, raw)


def judged(form, raw):
    now = datetime.now(UTC).astimezone()
    return validate(form, raw, today=now.date(), max_persons=30, now=now)


@pytest.mark.parametrize("key", ["fire-inspection", *(pytest.param(key, marks=pytest.mark.long) for key in LIBRARY
                                                      if key != "fire-inspection")])
def test_a_bundled_form_is_filled_from_first_to_last_question_and_the_server_takes_every_answer_as_typed(page, key):
    form, raw, both = filled(page, key, "en" if key == "spring-check" else "zh")
    assert judged(form, raw).errors == []
    assert len(both) >= 4 and [one for one in both if one[1] != one[2]] == []


def test_names_that_programs_know_are_just_names_in_the_browser_too(page):
    names = ("validate", "data", "errors", "csrf_token", "_x")
    form = load(workbook(survey="| type | name | label |\n" + "\n".join(f"| text | {name} | {name} |" for name in names)), "odd")
    assert runtime.open_form(page, form, "zh") == ""
    runtime.walk(page)
    raw = from_xml(form, runtime.sent(page).encode())
    assert page.problems == [] and all(raw.get(name) for name in names) and judged(form, raw).errors == []


TABLE = """
| type                   | name | label::中文 (zh) | label::English (en) | appearance |
| begin_group            | tl   | 打分表           | Table               | table-list |
| select_one yn          | t1   | 楼道干净吗       | Are stairs clean    |            |
| select_one yn          | t2   | 电梯好用吗       | Does the lift work  |            |
| end_group              |      |                  |                     |            |
| select_one yn or_other | o    | 满意吗           | Content             |            |
"""
YES_NO = """
| list_name | name | label::中文 (zh) | label::English (en) |
| yn        | y    | 是               | Yes                 |
| yn        | n    | 不是             | No                  |
"""


def test_the_head_of_a_table_is_no_question_and_other_is_said_in_the_readers_language(page):
    form = load(workbook(survey=TABLE, choices=YES_NO), "t")
    asked = {name for name in form.by_path if "reserved_name" in name and form.by_path[name].type != "note"}
    plain = preview_app(form).test_client().get("/", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    paged = load(workbook(survey=TABLE + "| image | p | Photo | | |\n| date | d | Month | | month-year |\n", choices=YES_NO), "p")
    plain += preview_app(paged).test_client().get("/", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert runtime.open_form(page, form, "zh") == ""
    assert page.get_by_text("打分表").count() == 1 and plain.count(">打分表<") == 2 and not asked
    page.locator("button[value=next]").click()
    page.locator("[name=q-o][value=other]").check()
    page.get_by_text("请说明 Please specify").wait_for()
    plain = re.sub('<input type="hidden"[^>]*>', "", plain)  # where the page stands, by name
    for words in (plain, page.locator("main").inner_text()):
        assert "reserved_name" not in words and "其他" in words and "Other" not in words
    assert runtime.open_form(page, CHECKED, "en") == ""
    page.fill("[name=q-area]", "3")
    page.locator("button[value=next]").click()
    page.locator("#q-heat-error").get_by_text("Please choose at least one").wait_for()
    page.locator("[name=q-heat]").first.check()
    page.locator("button[value=next]").click()
    page.get_by_text("One for each room").wait_for()
    for does in ("add:1", "next", "next", "next"):
        page.locator(f"button[value='{does}']").click()
    assert page.locator("h3").all_inner_texts() == ["Part 1", "Room 1", "Room 1 (continued)"]
    assert page.locator("dd").all_inner_texts() == ["3", "Coal"]


@pytest.mark.long
@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus")
def test_real_forms_load_in_the_browser_or_stay_on_the_servers_pages(page):
    """How many of the corpus' forms the browser takes; docs/forms-conformance.md tells."""
    loaded, told, refused = 0, 0, []
    for path in sorted(CORPUS.rglob("*")):
        try:
            form = form_from_xform(path.read_bytes()) if path.suffix == ".xml" else load(path.read_bytes(), path.stem) \
                if path.suffix in (".xlsx", ".xls") else None
        except FormError:
            continue
        if form is None:
            continue
        if browser.lacks(form):
            told += 1
            continue
        wrong = page.evaluate(LOAD, {path.name: browser.for_browser(form).decode()})
        loaded += not wrong
        refused += wrong
    print(f"{loaded} load in the browser, {told} are known to need the server, {len(refused)} are refused: {refused}")
    assert loaded > 10 * len(refused)


def test_the_table_of_functions_that_the_browser_lacks_is_the_truth(page):
    calls = {name: CALLS.get(name) or f"{name}({', '.join(ARGUMENTS[kind] for kind in known.kinds_for(known.least))})"
             for name, known in FUNCTIONS.items()}
    refused = dict(page.evaluate(LOAD, {name: XFORM % call for name, call in calls.items()}))
    # pulldata() of a list that is not there gives nothing instead of an error
    assert set(refused) == browser.UNKNOWN - {"pulldata"}


def test_a_form_that_the_browser_cannot_work_out_says_so_when_checked_and_is_refused_by_it(page):
    data = workbook(survey="| type | name | label | calculation |\n| text | a | A | |\n| calculate | b | | is-selected(${a}, 'x') |")
    report = check.check(data, "small.xlsx")
    assert any("needs the network while it is filled" in one.cause.en and "is-selected()" in one.cause.zh for one in report.pages)
    assert not check.check(library("fire-inspection")[0], "f.xlsx").problems
    assert browser.lacks(library("fire-inspection")[1]) == ()


LISTS = workbook(survey="""
    | type | name | label | constraint | choice_filter |
    | text | tag | Tag | regex(., '[A-Z]{3}') | |
    | select_one county | county | County | | |
    | select_one_external towns | town | Town | | county=${county} |
    | select_one_from_file streets.csv | street | Street | | town=${town} |
    """, choices="| list_name | name | label |\n| county | z | Zao |\n| county | j | Ji |",
    external_choices="| list_name | name | label | county |\n| towns | t1 | Teng | z |\n| towns | t2 | Qufu | j |")
STREETS = b"name,label,town\ns1,East Street,t1\ns2,West Street,t2\n"


def test_lists_in_files_and_patterns_mean_the_same_in_the_browser(page):
    form = load(LISTS, "lists", {"streets.csv": STREETS})
    assert browser.lacks(form) == () and runtime.open_form(page, form, "en") == ""
    page.fill("[name=q-tag]", "xABCx")  # BRW-4
    page.locator("button[value=next]").click()
    page.locator("#q-tag-error").wait_for()
    page.fill("[name=q-tag]", "ABC")
    page.get_by_label("Ji").check()
    page.get_by_label("Qufu").check()  # BRW-3
    page.get_by_label("West Street").check()  # BRW-2
    assert not page.get_by_label("East Street").count()
    page.locator("button[value=next]").click()
    page.locator("button[value=send]").click()
    raw = from_xml(form, runtime.sent(page).encode())
    assert judged(form, raw).answers == {"tag": "ABC", "county": "j", "town": "t2", "street": "s2"} and page.problems == []


def test_lists_of_doors_and_large_ones_stay_with_the_server():
    lists = "| type | name | label |\n| select_one_from_file %s.csv | a | A |"
    small, large = b"name,label\nx,X\n", b"name,label\n" + b"".join(b"c%d,Choice\n" % number for number in range(9000))
    for name, content, lacking in (("towns", small, ()), ("towns", large, ("lists",)), ("doors", small, ("lists",))):
        form = load(workbook(survey=lists % name), "f", {name + ".csv": content})
        assert browser.lacks(form) == lacking and (b"Choice" in browser.for_browser(form) or b">X<" in browser.for_browser(form)) == (
            not lacking)


@pytest.mark.parametrize("pattern, lacking", [
    ("(?i)[a-z]+", ("patterns",)), (r"\p{L}+", ("patterns",)), ("[a-z]++x", ("patterns",)), ("[a-z&&[^b]]", ("patterns",)),
    ("[𠮷野]+", ("patterns",)), (r"\d{3}[+*]+", ()), (r"(?:a)(?=b)b\++", ()), (r"[\u4e00-\u9fa5]{2,4}", ())])
def test_a_pattern_that_browsers_read_otherwise_stays_with_the_server(pattern, lacking):  # BRW-5
    form = load(workbook(survey=f"| type | name | label | constraint |\n| text | a | A | regex(., '{pattern}') |"), "f")
    assert browser.lacks(form) == lacking
    assert ["Java" in said.zh and "Java" in said.en for said in browser.remarks(form)] == [True] * len(lacking)


@pytest.mark.parametrize("written, said", [
    ("regex(., 'a|b') and . != ','", "regex(., '^(?:a|b)$') and . != ','"),
    ("regex(concat(., 'regex(x, y)'), \"[(]{1,2}\")", "regex(concat(., 'regex(x, y)'), \"^(?:[(]{1,2})$\")"),
    ("regex(., /data/p)", "regex(., /data/p)"), ("my-regex(., 'a')", "my-regex(., 'a')"), ("regex(., 'a'", "regex(., 'a'")])
def test_only_written_patterns_are_bound_to_the_ends_of_the_text(written, said):
    assert browser.whole(written).replace("  ", " ") == said


def test_a_line_that_ends_where_it_began_is_not_lost_in_silence(page):
    form = load(workbook(survey="| type | name | label |\n| geotrace | way | Way |"), "way")
    assert runtime.open_form(page, form, "en") == ""
    page.fill("[name=q-way]", "22.61 114.05\n22.62 114.06\n22.61 114.05")
    page.locator("button[value=next]").click()
    assert "ends where it began" in page.locator("#q-way-error").inner_text()
    page.fill("[name=q-way]", "22.61 114.05\n22.62 114.06")
    page.locator("button[value=next]").click()
    page.locator("button[value=send]").click()
    assert "22.62 114.06" in runtime.sent(page)
