"""Lists in files beside a form: what is read, what is tidied, what is refused, and how search() and pulldata() look things up."""
import csv
import io
import json

import pytest

from forms import media
from forms.browser import lacks
from forms.form import FormError, load
from forms.model.evaluation import Context
from forms.model.state import State
from tests.forms_inline import checked, workbook
from tests.test_forms_model import NOW

SELECT = """
| type | name | label | parameters |
| select_one_from_file a.csv | q | Q | |"""


def given(survey: str, files: dict, **sheets: str):
    contents = {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    return load(workbook(survey=survey, **sheets), "inline", contents)


def offered(form, name: str = "q", **answers: str) -> list:
    state = State(form.definition, Context(now=NOW, seed=1))
    for question, answer in answers.items():
        state.set(f"/{form.definition.root.name}/{question}", answer)
    return state.state()[f"/{form.definition.root.name}/{name}"]["options"]


@pytest.mark.parametrize("content", [
    "name,label\na,A\nb,B\n", "\ufeffname,label\na,A\nb,B", "name,label\r\na,A\r\n\r\n\r\nb,B\r\n", "name;label\na;A\nb;B\n",
    "name\tlabel\na\tA\nb\tB\n", "name | label\na | A\nb | B\n", '"name","label"\n"a","A"\n"b","B"\n', " name ,label \n  a,A\n   \nb , B\n",
    "name,label,label\na,A,no\nb,B,no\n", "name,label,\na,A,\nb,B,\n", "name,my words,label,1st\na,x,A,y\nb,x,B\n"])
def test_a_list_means_the_same_however_its_csv_is_written(content):
    assert offered(given(SELECT, {"a.csv": content})) == [["a", "A"], ["b", "B"]]


def test_quotes_commas_and_line_breaks_inside_a_cell_stay():
    assert offered(given(SELECT, {"a.csv": 'name,label\na,"A, ""x""\nB"\nb,5" pipe\n'})) == [["a", 'A, "x"\nB'], ["b", '5" pipe']]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_list_as_a_chinese_spreadsheet_saves_it_is_read_and_kept_as_utf_8(encoding):
    content = "name,label\na,龙华区\n".encode(encoding)
    form = given(SELECT, {"a.csv": content})
    assert offered(form) == [["a", "龙华区"]]
    assert media.take(form, {"a.csv": content}, None) == {"a.csv": "name,label\na,龙华区\n".encode()}
    plain = "\ufeffname,label\r\na,龙华区\r\n".encode()
    assert media.take(form, {"a.csv": plain}, None) == {"a.csv": plain}


@pytest.mark.parametrize("content, said", [
    ('name,label\na,"A\nb,B\n', "quotation mark"), ('name,label\na,"A"x\n', "quotation mark"), (b"name,label\na,\xff\xff\n", "UTF-8"),
    ("#\na\n", "column name"),
    ("<html><body>Please log in</body></html>", "no list"), ("\ufeff", "no heading"), ("  \n \n", "no heading"),
    ("id,label\na,A\n", "no column name"), ("Name,Label\na,A\n", "no column label"),
])
def test_a_list_that_cannot_be_read_or_lacks_a_column_is_refused_with_its_name(content, said):
    with pytest.raises(FormError) as refused:
        given(SELECT, {"a.csv": content})
    assert any(said in problem.cause.en and "a.csv" in problem.cause.zh for problem in refused.value.problems)
    assert all("表达式" not in problem.remedy.zh for problem in refused.value.problems)


def test_columns_that_parameters_name_are_looked_for_and_an_empty_list_lacks_none():
    survey = SELECT.replace("| |", "| value=id label=title |")
    assert offered(given(survey, {"a.csv": "id,title\n1,One\n"})) == [["1", "One"]]
    assert offered(given(survey, {"a.csv": "id,other\n"})) == []
    with pytest.raises(FormError) as refused:
        given(survey, {"a.csv": "id,label\n1,One\n"})
    [problem] = refused.value.problems
    assert (problem.row, problem.column) == (2, "parameters") and "title" in problem.cause.zh


def test_every_choice_of_a_long_list_can_be_answered():
    rows = "".join(f"c{number},{number}\n" for number in range(10_000))
    form = given(SELECT, {"a.csv": "name,label\n" + rows})
    assert checked(form, q="c9999").answers == {"q": "c9999"}
    assert checked(form, q="c10000").errors


PLACES = """
| type | name | label | calculation |
| select_one_from_file g.geojson | q | Q | |
| calculate | at | | instance('g')/root/item[id=${q}]/geometry |
| calculate | k | | instance('g')/root/item[id=${q}]/k |"""


def features(*found: dict, kind: str = "FeatureCollection") -> str:
    return json.dumps({"type": kind, "features": [{"type": "Feature", **each} for each in found]})


@pytest.mark.parametrize("value, kept", [(True, "true"), (None, ""), (7, "7"), (12345678901234567890, "12345678901234567890"),
                                         ({"a": [1, "x"]}, '{"a":[1,"x"]}'), ("t", "t")])
def test_properties_of_places_are_texts_as_apps_read_them(value, kept):
    point = {"geometry": {"type": "Point", "coordinates": [102.5, 1]}, "properties": {"id": "a", "title": "A", "k": value}}
    assert checked(given(PLACES, {"g.geojson": features(point)}), q="a").answers == \
        {name: text for name, text in {"q": "a", "at": "1 102.5 0 0", "k": kept}.items() if text}


@pytest.mark.parametrize("content", [
    "{", "[]", features(kind="Feature"), features({"geometry": None, "properties": {"id": "a", "title": "A"}}),
    features({"geometry": {"type": "MultiPoint", "coordinates": [[1, 2]]}, "properties": {"id": "a", "title": "A"}}),
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [NaN, 1]}}]}',
    features({"geometry": {"type": "Point", "coordinates": ["x", "y"]}, "properties": {"id": "a", "title": "A"}})])
def test_what_is_no_collection_of_points_lines_and_areas_is_refused(content):
    with pytest.raises(FormError, match="g.geojson"):
        given(PLACES, {"g.geojson": content})


TREES = "height,Name of tree,code,town,sortby\n3,松树,pine,x,2\n9,Oak,oak,X,1\n4,Ash,ash,y,3\n4,Again,ash,y,4\n5,,bare,y,5\n"
FOUND = "| list_name | name | label |\n| s | 99 | Other |\n| s | code | Name of tree{} |"


def searching(appearance: str, more: str = ""):
    survey = f"| type | name | label | appearance |\n| text | t | T | |\n| select_one s | q | Q | {appearance} |"
    return given(survey, {"trees.csv": TREES}, choices=FOUND.format(more))


def test_search_offers_the_rows_of_a_file_once_a_code_in_the_order_of_its_sortby():
    form = searching("minimal search('trees')", ", height")
    assert offered(form) == [["99", "Other"], ["oak", "Oak (height: 9)"], ["pine", "松树 (height: 3)"], ["ash", "Ash (height: 4)"],
                             ["bare", " (height: 5)"]]
    assert media.wanted(form) == {"trees.csv": "list"} and "search" in lacks(form)
    assert checked(form, q="ash").answers == {"q": "ash"} and checked(form, q="beech").errors and checked(form, q="code").errors


@pytest.mark.parametrize("call, answer, codes", [
    ("search('trees.csv')", "", ["oak", "pine", "ash", "bare"]),
    ("search('trees', 'contains', 'code', ${t})", "A", ["oak", "ash", "bare"]),
    ("search('trees', 'startswith', 'code, name_of_tree', ${t})", "o", ["oak"]),
    ("search('trees', 'endswith', 'code', ${t})", "e", ["pine", "bare"]),
    ("search('trees', 'matches', 'town', concat(${t}, ''))", "y", ["ash", "bare"]),
    ("search('trees', 'contains', 'code', ${t}, 'town', 'x')", "", ["oak", "pine"])])
def test_search_filters_as_collect_does(call, answer, codes):
    assert [code for code, _ in offered(searching(call), t=answer)] == ["99", *codes]


@pytest.mark.parametrize("call", ["search(trees)", "search('trees', 'contains')", "search()"])
def test_a_search_that_nobody_can_run_is_refused(call):
    with pytest.raises(FormError, match=r"search\(\) needs"):
        searching(call)


def test_a_search_for_a_column_that_the_file_lacks_is_refused():
    with pytest.raises(FormError, match="no column codes"):
        given("| type | name | label | appearance |\n| select_one s | q | Q | search('a') |", {"a.csv": "code\nx\n"},
              choices="| list_name | name | label |\n| s | codes | code |")


def pulled(call: str, key: str = "") -> tuple[str, list[str]]:
    survey = f"| type | name | label | calculation |\n| text | t | T | |\n| calculate | c | | {call} |"
    form = given(survey, {"trees.csv": TREES + "1,N,,z,9\n"})
    return checked(form, t=key).answers.get("c", ""), [problem.cause.en for problem in form.warnings]


def test_pulldata_finds_the_first_row_and_columns_by_a_name_that_is_alike():
    assert pulled("pulldata('trees', 'height', 'code', ${t})", "ash")[0] == "4"
    assert pulled("pulldata('trees', 'HEIGHT', 'Code', ${t})", "oak")[0] == "9"
    assert pulled("pulldata('trees', 'town', 'code', ${t})", "no such")[0] == ""
    assert pulled("pulldata('trees', 'town', 'code', ${t})")[0] == "z"
    value, warned = pulled("pulldata('trees', 'weight', 'code', ${t})", "oak")
    assert value == "" and any("has no column weight" in said for said in warned)


def test_a_tidied_list_is_the_same_table():
    form = given(SELECT, {"a.csv": 'name;label\n\n a ;"x; ""y"""\n'})
    kept = media.take(form, {"a.csv": b'name;label\n\n a ;"x; ""y"""\n'}, None)["a.csv"].decode()
    assert list(csv.reader(io.StringIO(kept), delimiter=";")) == [["name", "label"], ["a", 'x; "y"']]
