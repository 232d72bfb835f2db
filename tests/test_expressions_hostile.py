"""A hostile expression ends, and says why."""
from random import Random

import pytest
from lxml import etree

from forms.functions import FORMS, FUNCTIONS
from forms.xpath.evaluator import Context, EvaluationError, XPathError, compile

# 5,000 rows of some 50 characters
BIG = etree.fromstring("<data>" + "<r><n>1</n><s>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!</s></r>" * 5000 + "</data>")


@pytest.mark.parametrize("source", [
    "count(//*[count(//*) > 1])", "count(//*[//*[//*]])", "count(//r/preceding::*)", "count(/data/r[count(/data/r[n = 2]) > 5])",
    "concat(" + "/data, " * 200 + "1)", "uuid(100000000)", "/data/r[regex(s, '^(([a-z])+.)+[A-Z]([a-z])+$')]",
    "count(/data/r[checklist(1, 2, /data/r)])", "count(/data/r[id('x')])", "count(/data/r[uuid(10000) = 'x'])",
])
def test_too_much_work_is_an_error(source):
    with pytest.raises(EvaluationError, match="too much work|takes|grows|up to"):
        compile(source).value(BIG, Context(top=BIG, work=200_000))


@pytest.mark.parametrize("source", [
    "(" * 1500 + "1" + ")" * 1500, "a" + "[a" * 100 + "]" * 100, "1" + " = 1" * 500, "a" + "/a" * 5000, "1 or " * 30000 + "1",
    "-" * 10000 + "1", "regex(., '" + "a" * 6000 + "')", "if(1, " * 200 + "1" + ", 2)" * 200,
])
def test_what_is_too_long_or_too_deep_is_refused(source):
    with pytest.raises(XPathError, match="more than|too many"):
        compiled = compile(source)
        compiled.value(BIG, Context())


@pytest.mark.parametrize(("source", "expected"), [
    ("pow(10, 1000)", "Infinity"), ("round(1.5, 1000000)", "NaN"), ("1000000000000 * 1000000000000", "1e+24"),
    ("string(date(99999999999999))", "Invalid Date"), ("substr('abc', 1 div 0)", ""), ("selected-at('a b', 0 div 0)", ""),
    ("format-date(1 div 0, '%Y')", ""), ("5 mod 0", "NaN"), ("log(0)", "-Infinity"), ("sqrt(-1)", "NaN"), ("-1 div 0", "-Infinity"),
])
def test_no_number_is_too_much(source, expected):
    assert compile(source).text(BIG, Context()) == expected


def test_after_too_much_work_the_next_expression_has_its_full_share():
    world = Context(top=BIG, work=20_000)
    with pytest.raises(EvaluationError):
        compile("count(//*[//n])").value(BIG, world)
    assert compile("count(/data/r)").value(BIG, world) == 5000


def test_an_expression_is_stopped_by_the_clock(monkeypatch):
    monkeypatch.setattr("forms.xpath.context.LONGEST", 0.0)
    with pytest.raises(EvaluationError, match="longer than"):
        compile("count(//*[count(//*) > 1])").value(BIG, Context(top=BIG))


@pytest.mark.parametrize("pattern", ["a{9999999}", "((a{999}){999}){999}", "(a{1000000,}|b)", "(?:[0-9]{200}-){200}", r"(a)\1{99999}"])
def test_a_pattern_that_would_fill_the_memory_is_refused_before_it_is_made(pattern):
    with pytest.raises(EvaluationError, match="repeats a part too often"):
        compile(f"regex('a', '{pattern}')").value(BIG, Context())


@pytest.mark.parametrize("pattern", ["a{1,9999999}", "[0-9]{17}[0-9Xx]", ".{0,65535}", r"a\{9999999\}|a", "[{9999999}a]", "a{0}a|b"])
def test_a_pattern_may_speak_of_many_without_growing(pattern):
    assert compile(f"regex('a', '{pattern}')").value(BIG, Context()) is (pattern != "[0-9]{17}[0-9Xx]")


ANYTHING = [
    "''", "'\ud800'", "'%'", "'(a'", "'\\\\Q'", "'2026-13-45'", "'9999-12-31T23:59:59Z'", "'0001-01-01T00:00:00+14:00'",
    "'inf nan'", "'½'", "'1 2 3 4;'", "0 div 0", "1 div 0", "-1 div 0", "-0.5", "99999999999999999999999999", "true()",
    "today()", "/data/r", "/data/r/n", "..", "/", "@*", "text()", "current()", "/data/nosuch"
]


def test_whatever_a_function_is_given_ends_in_a_value_or_a_refusal():
    chance, data = Random(1), etree.fromstring("<data x='1'><r><n>1</n></r><r><n/></r></data>")
    names = sorted(FUNCTIONS) + sorted(FORMS)
    for _ in range(12):
        for name in names:
            source = f"{name}({', '.join(chance.choices(ANYTHING, k=chance.choice((0, 1, 1, 2, 2, 3, 5))))})"
            try:
                compile(source).text(chance.choice((data, data[0][0], None)), Context(top=data))
            except XPathError:
                continue
