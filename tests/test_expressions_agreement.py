"""Where Enketo, ODK Web Forms and ODK Collect (or all that can run an expression) agree; found by comparing them."""
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from forms.xpath.evaluator import Context, XPathError, compile

SHANGHAI = ZoneInfo("Asia/Shanghai")
ANSWERS = etree.fromstring("<data><n>7</n><price>6.1</price><day>2026-03-08</day><seen>2026-03-08T10:00:00.000+08:00</seen>"
                           "<empty/><note><!-- only a comment --></note><group><n/></group><p><age>3</age></p></data>")


def compiled(source):
    return compile(source), ANSWERS.find("n"), Context(datetime(2026, 3, 10, 1, 30, tzinfo=SHANGHAI), top=ANSWERS)


def text(source):
    expression, node, world = compiled(source)
    return expression.text(node, world)


@pytest.mark.parametrize(("source", "expected"), [
    ("6.1 - 7.8 = -1.7", "true"), ("0.1 + 0.2 != 0.3", "false"), ("/data/price - 7.8 = -1.7", "true"), ("/data/price = 6.1", "true"),
    ("/data/price != 6.1001", "true"), ("1 div 0 = 1 div 0", "true"), ("1 div 0 = -1 div 0", "false"), ("0 div 0 = 0 div 0", "false"),
    ("0 div 0 != 0 div 0", "true"), ("string(123456789012345678901)", "123456789012345680000"),
    ("9007199254740991 + 1", "9007199254740992"),
    ("1000000 * 1000000 * 1000000", "1000000000000000000"),
])
def test_numbers_are_compared_and_written_as_in_the_field(source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("number(/data/day)", "20519"), ("number('2026-03-08T10:00:00Z')", "20520"), ("number(/data/day) * 3 = /data/day * 3", "true"),
    ("format-date(date(number(/data/day)), '%Y-%m-%d')", "2026-03-08"), ("number('2026-02-30')", "NaN"),
    ("decimal-date-time('2026-3-8') = decimal-date-time('2026-03-08')", "true"), ("date('.5')", "Invalid Date"),
    ("date('  ')", "Invalid Date"),
    ("number('2026-03-08T10:20:30+08')", "NaN"), ("date('2026-03-08T10:20:30+08')", "2026-03-08T10:20:30.000+08:00"),
    ("boolean(date(1 div 0))", "false"), ("date(999999999) * 1", "NaN"),
    ("date(20260308) * 1", "20260308"), ("date('9999-12-31')", "9999-12-31"),
    ("date('2.5') * 2", "5"), ("pi() * 1 = date(pi()) * 1", "false"),
])
def test_dates_and_numbers_turn_into_each_other_as_in_the_field(source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("count-non-empty(/data/note)", "0"), ("count-non-empty(/data/group)", "1"), ("count-non-empty(/data/empty)", "0"),
    ("boolean-from-string('True')", "false"),
    ("selected-at('a b', -0.5)", "a"), ("selected-at('a b', -1)", ""), ("selected-at('', -0.5)", ""),
    ("number(once(3)) + 1", "8"), ("base64-decode('5L2g5aW9')", "你好"),
    ("base64-decode('YQ')", ""), ("base64-decode('12:30')", ""), ("base64-decode(' YQ = = ')", "a"),
    ("weighted-checklist(1, 3, true(), 2, /data/nosuch, 9)", "true"),
    ("weighted-checklist(1, 3, true(), 2, true(), /data/nosuch)", "false"),
])
def test_small_functions_answer_as_in_the_field(source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("4andtrue()", "true"), ("6and/data/n", "true"), ("1or2", "true"), ("7mod/data/p/age", "1"), ("6*(3+4)and(5or2)", "true"),
    ("'a'='a'and'b'='b'", "true"), ("2 --3", "5"), ("/data/n -1", "6"),
])
def test_an_operator_may_touch_what_follows(source, expected):
    assert text(source) == expected


@pytest.mark.parametrize("source", [".[1]", "..[n]", "current()/.[. = 1]", "processing-instruction(5)", "text('a')", "preceding::..",
                                    "child::.", "n and", "a:b:c", "1 == 2", "5 | | 6"])
def test_what_the_references_cannot_read_is_refused(source):
    with pytest.raises(XPathError):
        compile(source)


SQUARE = "0 0 0 0;0 4 0 0;4 4 0 0;4 0 0 0;0 0 0 0"


@pytest.mark.parametrize(("source", "expected"), [
    (f"geofence('2 2', '{SQUARE}')", "true"), (f"geofence('0 0', '{SQUARE}')", "true"), (f"geofence('4 4', '{SQUARE}')", "false"),
    (f"geofence('0 2', '{SQUARE}')", "true"), (f"geofence('2 4', '{SQUARE}')", "false"), (f"geofence('2 2;3 3', '{SQUARE}')", "false"),
    ("geofence('2 2', '0 0;0 4;4 4;4 0')", "false"), ("distance('0 0', '0 1')", "111318.85"), ("distance('0 0;0 1')", "111318.85"),
    ("area(/data/empty)", "0"), ("distance('0 0', '0 1;0 2')", "NaN"), ("distance('0 0', /data/nosuch)", "NaN"),
])
def test_positions_lines_and_shapes_are_told_apart(source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(("answer", "pattern", "expected"), [
    (" x ", "[a-z]+", False), ("abc", "[[:alpha:]]+", False), ("a", r"\cA|a", True), ("\t", r"\cI", True),
    ("abab", r"(?<pair>ab)\k<pair>", True), ("aba", r"(?<pair>ab)\k<pair>", False), ("b", "[a-c&&[^b]]", False),
])
def test_patterns_are_read_as_in_the_field(answer, pattern, expected):
    node = etree.Element("t")
    node.text = answer
    assert compile(f"regex(., '{pattern}')").boolean(node, Context()) is expected
