"""What expressions mean: dates, empties, sets of nodes, positions, functions; beyond what the corpus asks."""
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from forms.xpath.evaluator import Context, EvaluationError, XPathError, compile, evaluate
from forms.xpath.nodes import text_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 1, 30, tzinfo=SHANGHAI)
ANSWERS = etree.fromstring(
    "<data version='2'><name>𠮷野 张三</name><born>2010-02-03</born><seen>2026-03-09T23:30:00.000+08:00</seen><n>7</n>"
    "<zero>0</zero><empty/><many>a b c</many><town>sz</town>"
    "<p><age>3</age><s>x</s><toy><t>1</t></toy><toy><t>2</t></toy></p>"
    "<p><age>40</age><s>y</s><toy><t>3</t></toy></p><p><age/><s>z</s></p></data>")
TOWNS = etree.fromstring(
    "<instance><root><item><name>sz</name><label>深圳</label><since>1979-03-05</since></item>"
    "<item><name>gz</name><label>广州</label></item><item><name>sz</name><label>again</label></item></root></instance>")


def context(**more):
    return Context(NOW, top=ANSWERS, instances={"towns": TOWNS}, **more)


def value(source, at="/data/n", **more):
    return compile(source).text(ANSWERS.xpath(at)[0], context(**more))


@pytest.mark.parametrize(("source", "expected"), [
    ("today()", "2026-03-10"),
    ("now()", "2026-03-10T01:30:00.000+08:00"),
    ("/data/born < today()", "true"),
    ("'2026-03-10' = today()", "true"),
    ("'2026-03-10T00:00:00.000+08:00' = '2026-03-09T16:00:00Z'", "true"),
    ("/data/born = '2010-02-03'", "true"),
    ("date(/data/born + 31)", "2010-03-06"),
    ("today() - /data/seen < 1", "true"),
    ("int((today() - /data/born) div 365.25)", "16"),
    ("number(today()) = decimal-date-time(today())", "true"),
    ("decimal-time('12:00:00.000+08:00')", "0.5"),
    ("decimal-time(/data/seen)", "0.9791666666666666"),
    ("format-date-time(/data/seen, '%H:%M %a')", "23:30 Mon"),
    ("format-date('2026-3-9', '%d')", "09"),
    ("format-date(/data/empty, '%Y')", ""),
    ("date('')", ""),
    ("boolean(date('never'))", "false"),
    ("min(/data/born, '2009-01-01') < date('2009-06-01')", "true"),
])
def test_dates_are_dates_in_the_time_zone_of_the_campaign(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize("source", ["date('1983-09-31')", "decimal-date-time('soon')", "date('2023-02-29')"])
def test_an_impossible_date_is_an_error_that_names_it(source):
    with pytest.raises(EvaluationError, match="is no date"):
        value(source)


@pytest.mark.parametrize(("source", "expected"), [
    ("/data/empty = ''", "true"), ("/data/nosuch = ''", "false"), ("/data/nosuch != ''", "false"),
    ("/data/empty > 0", "false"), ("/data/empty + 1", "NaN"), ("coalesce(/data/empty, 'x')", "x"),
    ("coalesce(/data/empty * 2, 5)", "5"), ("not(/data/nosuch)", "true"), ("boolean(/data/empty)", "true"),
    ("string(/data/nosuch)", ""), ("count(/data/p/age)", "3"), ("count-non-empty(/data/p/age)", "2"),
    ("max(/data/p/age)", "NaN"), ("max(/data/p[age != '']/age)", "40"), ("sum(/data/p[age != '']/age)", "43"),
    ("/data/p/age = 40", "true"), ("/data/p/age != 40", "true"), ("/data/p/s = /data/p/s", "true"),
    ("concat(/data/p/s)", "xyz"), ("join('、', /data/p/s, 'end')", "x、y、z、end"),
])
def test_what_is_empty_or_many_is_compared_as_a_set(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize(("source", "at", "expected"), [
    ("position(..)", "/data/p[2]/s", "2"),
    ("position(../..)", "/data/p[1]/toy[2]/t", "1"),
    ("../preceding-sibling::p[1]/s", "/data/p[2]/s", "x"),
    ("indexed-repeat(/data/p/s, /data/p, 2)", "/data/n", "y"),
    ("indexed-repeat(/data/p/s, /data/p, position(..) - 1)", "/data/p[2]/age", "x"),
    ("indexed-repeat(/data/p/s, /data/p, 9)", "/data/n", ""),
    ("indexed-repeat(/data/p/toy/t, /data/p, 1, /data/p/toy, 2)", "/data/n", "2"),
    ("indexed-repeat(/data/p/toy/t, /data/p/toy, 2, /data/p, 1)", "/data/n", "2"),
    ("count(/data/p[age > current()/../../n])", "/data/p[1]/age", "1"),
    ("/data/p[last()]/s", "/data/n", "z"),
    ("/data/p[position() = 2]/s", "/data/n", "y"),
    ("//toy[t = 3]/../s", "/data/n", "y"),
    ("/data/@version", "/data/n", "2"),
    ("count(/data/p | /data/p[1] | //s)", "/data/n", "6"),
    ("once('new')", "/data/n", "7"),
    ("once('new')", "/data/empty", "new"),
    ("string-length(/data/name)", "/data/n", "5"),
    ("substr(/data/name, 0, 1)", "/data/n", "𠮷"),
    ("selected(/data/many, ' b ')", "/data/n", "true"),
    ("round(-2.5)", "/data/n", "-2"),
    ("round(2.15, 1)", "/data/n", "2.2"),
    ("1 div 3000000", "/data/n", "3.3333333333333335e-7"),
    ("true() or nosuch()", "/data/n", "true"),
])
def test_paths_positions_and_functions(source, at, expected):
    assert value(source, at) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("instance('towns')/root/item[name = /data/town]/label", "深圳"),
    ("instance('towns')/root/item[/data/town = name][2]/label", "again"),
    ("instance('towns')/root/item[name = 'gz']/label", "广州"),
    ("instance('towns')/root/item[name = current()/../nosuch]/label", ""),
    ("instance('towns')/root/item[since = '1979-03-05']/label", "深圳"),
    ("count(instance('towns')/root/item[name = 'sz'])", "2"),
    ("count(instance('nosuch')/root/item)", "0"),
    ("pulldata('towns', 'label', 'name', /data/town)", "深圳"),
    ("pulldata('towns', 'label', 'name', 'nobody')", ""),
    ("pulldata('towns', 'nosuch', 'name', 'sz')", ""),
])
def test_other_instances_are_looked_up(source, expected):
    assert value(source) == expected


def test_a_table_is_not_kept_for_answers_that_change():
    answers = etree.fromstring("<data><a>1</a><a>2</a></data>")
    holder = etree.Element("instance")
    holder.append(answers)
    world = Context(NOW, top=answers, instances={"self": holder})
    count = compile("count(instance('self')/data[a = '2'])")
    assert count.text(answers, world) == "1"
    answers[1].text = "9"
    assert count.text(answers, world) == "0"


def test_texts_and_labels_come_from_the_form():
    world = {"itext": {"hi": "你好"}.__getitem__, "choice_name": lambda code, path, node: f"{code}@{path}@{node.tag}"}
    assert value("jr:itext('hi')", **world) == "你好"
    assert value("jr:choice-name(/data/town, ' /data/town ')", **world) == "sz@/data/town@n"


def test_randomize_with_a_seed_is_the_order_of_the_field_clients():
    letters = etree.fromstring("<r>" + "".join(f"<l>{letter}</l>" for letter in "ABCDEFGH") + "</r>")

    def order(seed):
        found = compile(f"randomize(/r/l, {seed})").nodes(letters, Context(NOW))
        return "".join(map(text_of, found))
    assert [order(0), order(1), order(2), order(42)] == ["CBHAFDGE", "GFEACHBD", "GCHDBAEF", "AFCBHEGD"]


def test_a_seeded_source_draws_the_same_again():
    def drawn():
        return [value(source, randomness=Random(5)) for source in ("random()", "uuid()", "uuid(8)", "randomize(/data/p/s)")]
    assert drawn() == drawn()


@pytest.mark.parametrize(("text", "pattern", "expected"), [
    ("12345678", r"\d{8}", True), ("１２", r"\d{2}", False), ("ab", "a", False), ("汉字", r"[\u4e00-\u9fff]+", True),
    ("汉字", r"\p{IsHan}+", True), ("a1", r"(?=.*\d)[a-z\d]+", True), ("a-b", r"[\w\-]+", True), (" 12 ", r"\d+", False),
    ("x", "[^[]", True), ("𠮷", ".", True), ("a.b", r"\Qa.b\E", True), ("", "", True),
])
def test_patterns_are_those_of_java_and_match_the_whole_text(text, pattern, expected):
    node = etree.Element("t")
    node.text = text
    assert compile(f"regex(., '{pattern}')").boolean(node, Context(NOW)) is expected


def test_a_value_keeps_its_kind():
    node = ANSWERS.find("n")
    kinds = [type(evaluate(compile(source), context(), node)).__name__ for source in ("1", "'a'", "1 = 1", ".", "today()")]
    assert kinds == ["float", "str", "bool", "list", "Moment"]


@pytest.mark.parametrize(("source", "said"), [
    ("nosuch(1)", "nosuch"), ("count(1)", "needs questions"), ("substr('a')", "2 to 3"), ("regex(., '[')", "pattern"),
    ("if(1, 2)", "3 values"), ("indexed-repeat(/data/n, /data/p, 1)", "not in the repeat"),
])
def test_what_can_never_work_is_said_when_the_form_is_read(source, said):
    assert said in compile(source).problems[0]


@pytest.mark.parametrize("source", ["/text()", "(a)[1]", "(a)/b", "foo::a", "x:a", "a[", "$v", "1 OR 1", "a b", "@", "/data//"])
def test_what_is_no_expression_is_refused_at_once(source):
    with pytest.raises(XPathError):
        compile(source)


def test_references_name_every_question_function_and_instance_that_is_read():
    found = compile("if(../a > current()/../b, instance('t')/root/item[k = /data/c]/v, jr:choice-name(., '/data/d')) + "
                    "sum(/data/p[age > 1]/toy) + pulldata('u', 'a', 'b', .)", at="/data/p/x").references
    assert found.paths == {"/data/p/a", "/data/p/b", "/data/c", "/data/p/x", "/data/d", "/data/p/age", "/data/p/toy"}
    assert found.instances == {"t", "u"}
    assert {"if", "sum", "instance", "jr:choice-name", "pulldata"} <= found.functions


@pytest.mark.parametrize(("source", "paths"), [
    ("//toy[n = 1]/t", {"//toy/n", "//toy/t"}), ("../*", {"/data/p/*"}), ("/data/@version", {"/data/@version"}),
    ("preceding-sibling::y", {"/data/p/y"}), ("count(//*)", {"//*"}), ("ancestor::p/s", {"/data/p/s"}), (".", {"/data/p/x"}),
    ("instance('t')/root/item[k = ../j]", set()),
])
def test_references_that_are_not_plain_are_named_as_patterns(source, paths):
    assert compile(source, at="/data/p/x").references.paths == paths


def test_an_absolute_path_into_the_own_repeat_means_the_same_instance():
    node = ANSWERS.xpath("/data/p[2]/age")[0]
    own = compile("concat(/data/p/s, count(/data/p))", at="/data/p/age", repeats=frozenset({"/data/p"}))
    assert own.text(node, context()) == "y3"
    assert compile("concat(/data/p/s)", at="/data/p/age").text(node, context()) == "xyz"


def test_names_without_a_prefix_may_be_in_any_namespace():
    tree = etree.fromstring("<d xmlns='urn:x' xmlns:o='urn:o'><a o:k='1'>5</a></d>")
    assert compile("/d/a", namespaces={None: "*"}).text(tree, Context(NOW)) == "5"
    assert compile("/d/a", namespaces={None: "urn:x"}).text(tree, Context(NOW)) == "5"
    assert compile("/d/a").text(tree, Context(NOW)) == ""
    assert compile("//@q:k", namespaces={"q": "urn:o"}).text(tree, Context(NOW)) == "1"


def test_the_clock_is_the_one_given():
    assert compile("today()").text(None, Context(datetime(2026, 3, 9, 17, 0, tzinfo=UTC), SHANGHAI)) == "2026-03-10"
