"""Expressions mean on the server what they mean in an ODK client."""
import pytest
from lxml import etree

from forms.expressions import Condition, Expression
from forms.xpath import XPathError

TYPES = {"/data": "group", "/data/born": "date", "/data/n": "integer", "/data/text": "text", "/data/many": "select_multiple",
         "/data/empty": "text", "/data/p": "repeat", "/data/p/age": "integer", "/data/p/s": "text"}
INSTANCE = etree.fromstring(
    "<data><born>2010-02-03</born><n>7</n><text>ab cd</text><many>a b c</many><empty/>"
    "<p><age>3</age><s>x</s></p><p><age>40</age><s>y</s></p></data>")


def value(source, at="/data/text", boolean=False):
    node = INSTANCE.xpath(at)[0]
    return Expression(source, at, TYPES.get, boolean)(node, "2026-03-10")


@pytest.mark.parametrize(("source", "expected"), [
    ("/data/born < today()", "true"),
    ("../born = '2010-02-03'", "true"),
    ("today() - /data/born", "5879"),
    ("/data/born + 1 > /data/born", "true"),
    ("today() = '2026-03-10'", "true"),
    ("number(/data/born)", "14643"),
    ("int(number(/data/born) div 365.25)", "40"),
    ("format-date(/data/born, '%e/%n/%y %b %a')", "3/2/10 Feb Wed"),
    ("format-date(/data/empty, '%Y')", ""),
    ("date(14643)", "2010-02-03"),
    ("selected(/data/many, 'b')", "true"),
    ("selected(/data/many, 'ab')", "false"),
    ("selected-at(/data/many, 2)", "c"),
    ("selected-at(/data/many, 9)", ""),
    ("count-selected(/data/many)", "3"),
    ("substr(., 1, 3)", "b "),
    ("substr(., 3)", "cd"),
    ("substr(., 0, string-length(.) - 1)", "ab c"),
    ("if(/data/n > 5, 'big', 'small')", "big"),
    ("if(/data/n > 5, /data/n = 8, true())", "false"),
    ("coalesce(/data/empty, /data/text)", "ab cd"),
    ("int(-2.7)", "-2"),
    ("round(2.567, 2)", "2.57"),
    ("round(7.5)", "8"),
    ("pow(2, 10)", "1024"),
    ("min(/data/p/age)", "3"),
    ("max(/data/p/age, 50)", "50"),
    ("sum(/data/p/age)", "43"),
    ("count(/data/p[./s = 'y'])", "1"),
    ("count(/data/p [age > 2 and s != 'y'])", "1"),
    ("regex(., '[a-d ]+')", "true"),
    ("regex(., 'ab')", "false"),
    ("10 mod 3 + 7 div 2", "4.5"),
    ("3 -1", "2"),
    ("-/data/n * 2", "-14"),
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("'it' and not(/data/empty = '')", "false"),
    ("concat('a', /data/n, 'b')", "a7b"),
    ("/data/empty > 0", "false"),
    ("/data/p[2]/age", "40"),
])
def test_an_expression_gives(source, expected):
    assert str(value(source)) == expected


@pytest.mark.parametrize("text", ["12345", "123", "1234567", "", "12x45", "12-45", "1 345", "１２３４５", "12.45", "000 0"])
def test_a_sum_of_weighted_characters_is_the_same_in_one_go_and_part_by_part(text):
    data = etree.fromstring("<data><text/></data>")
    data[0].text = text
    weighted = "substr(., 1, 2) * 7 + substr(., 2, 3) + substr(., 3, 4) * 10"
    quick, slow = (Expression(source, "/data/text", TYPES.get, False)(data[0], "2026-03-10")
                   for source in (weighted, f"{weighted} + 0"))
    assert quick == slow
    assert text != "12345" or quick == "57"


def test_a_quoted_text_may_hold_the_other_quote_and_operators():
    assert value('''concat("it's", ' and ', "a = b")''') == "it's and a = b"


@pytest.mark.parametrize("source", ["1 +", "(1", "1)", "nosuch(1)", "/data/nosuch = 1", "'open", "a b", "1 = = 2", "", "regex(., '[')",
                                    "concat('a', 'b'", "/data/n[", "#"])
def test_what_is_no_expression_is_refused(source):
    with pytest.raises(XPathError):
        value(source)


@pytest.mark.parametrize("source", ["-" * 5001 + "1", "1" + " + 1" * 1900, "1" + " + 1" * 100000, "not(" * 50 + "1" + ")" * 50])
def test_an_expression_that_is_too_long_or_too_deep_is_refused(source):
    with pytest.raises(XPathError, match="more than|too many"):
        value(source)


@pytest.mark.parametrize(("source", "expected"), [("-" * 2001 + "1", "-1"), ("1" + " + 1" * 99, "100"), ("(" * 30 + "1" + ")" * 30, "1")])
def test_a_long_expression_is_no_trouble(source, expected):
    assert value(source) == expected


def test_deep_nesting_is_refused_and_not_a_crash():
    with pytest.raises(XPathError, match="levels deep"):
        value("(" * 1500 + "1" + ")" * 1500)


def test_an_expression_runs_a_thousand_times_with_the_same_answer():
    run = Expression("regex(., 'ab.*') and format-date(today(), '%Y') = '2026'", "/data/text", TYPES.get)
    node = INSTANCE.find("text")
    assert all(run(node, "2026-03-10") for _ in range(1000))


def test_an_expression_knows_which_questions_it_reads():
    assert Expression("../n > 1 and /data/p/age = 2", "/data/text", TYPES.get).refs == {"/data/n", "/data/p/age"}


@pytest.mark.parametrize(("source", "expected"), [
    ("../n = 'a'", (Condition("/data/n", ("a",), True),)),
    ("../n != 'a'", (Condition("/data/n", ("a",), False),)),
    ("../n = 'a' or ../n = 'b'", (Condition("/data/n", ("a", "b"), True),)),
    ("selected(../many, 'a')", (Condition("/data/many", ("a",), True),)),
    ("not(selected(../many, 'a'))", (Condition("/data/many", ("a",), False),)),
    ("../n = 'a' and today() > ../born", (Condition("/data/n", ("a",), True),)),
    ("../n = 'a' or ../text = 'b'", ()),
    ("../n != 'a' or ../n != 'b'", ()),
    ("../n > 3", ()),
])
def test_plain_tests_are_found_for_the_browser(source, expected):
    assert Expression(source, "/data/text", TYPES.get).conditions("/data/text") == expected


@pytest.mark.parametrize(("source", "limit"), [
    ("string-length(.) <= 60", 60), ("string-length(.) < 60 and . != ''", 59), (". != ''", None)])
def test_a_length_rule_is_read_as_the_limit(source, limit):
    assert Expression(source, "/data/text", TYPES.get).longest() == limit
