"""A hostile expression ends, and says why."""
import pytest
from lxml import etree

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
