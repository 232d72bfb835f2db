"""Any form filled page by page without script: nothing typed is lost, the server works everything out, its word counts."""
import json
from datetime import timedelta

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict

from forms.form import library
from survey.preview import preview_app
from survey.questionnaire.pages import REVIEW
from survey.questionnaire.walk import Walk, World, by_pages
from tests.form_walker import Http, Walker, is_done
from tests.forms_inline import form
from tests.page_filling import NOW, WORLD, Filling, asks

CASCADE = form("""
    | type | name | label | relevant | choice_filter |
    | select_one class | class | What | | |
    | select_one kind | kind | Exactly | ${class} != '' | class = ${class} |
    | text | why | Why | ${kind} = 'smoke' | |
    """, choices="""
    | list_name | name | label | class |
    | class | fire | Fire | |
    | class | order | Order | |
    | kind | smoke | Smoke | fire |
    | kind | blocked | Blocked way | fire |
    | kind | noise | Noise | order |
    """)


def test_what_follows_from_an_answer_on_the_same_page_is_asked_before_going_on():
    filling = Filling(CASCADE).next(**{"class": "fire"})
    assert "a few more questions" in filling.text
    assert filling.tree.xpath("//input[@name='q-kind']/@value") == ["smoke", "blocked"]
    filling.next(kind="smoke")
    assert "q-why" in asks(filling)
    filling.next(why="burning bin")
    assert filling.walk.key == REVIEW or "check your answers" in filling.text


def test_a_choice_that_is_no_longer_offered_is_not_sent():
    filling = Filling(CASCADE).next(**{"class": "fire"}).next(kind="blocked")
    filling.press("back")
    filling.next(**{"class": "order"})
    filling.press("send")
    assert filling.result().answers == {"class": "order"}


PAGES = form("""
    | type | name | label | required | constraint | default | calculation | hint |
    | begin_group | one | First | | | | | |
    | text | name | Name | yes | | | | |
    | integer | age | Age | | . < 150 | | | |
    | text | town | Town | | | Tengzhou | | |
    | end_group | one | | | | | | |
    | begin_group | two | Second | | | | | |
    | note | hello | Good day, ${name}, born about ${born} | | | | | |
    | calculate | born | | | | | 2026 - ${age} | |
    | dateTime | seen | Seen | | | | | |
    | text | validate | Told | | | | | |
    | text | csrf_token | Token | | | | | |
    | end_group | two | | | | | | |
    """)


def test_a_page_with_a_mistake_comes_again_with_everything_typed():
    filling = Filling(PAGES).next(age="200", town="𠮷里")
    assert filling.walk.errors.keys() == {("name",), ("age",)}
    assert filling.tree.xpath("//*[@id='error-summary']//a/@href") == ["#q-name", "#q-age"]
    assert dict(filling.fields())["q-town"] == "𠮷里" and dict(filling.fields())["q-age"] == "200"


def test_back_needs_nothing_and_loses_nothing():
    filling = Filling(PAGES).next(name="王", age="30")
    assert not filling.press("back", validate="half")
    assert dict(filling.fields())["q-name"] == "王"
    filling.next()
    assert dict(filling.fields())["q-validate"] == "half"


def test_answers_and_calculations_stand_in_the_words_of_later_pages():
    assert "Good day, 王, born about 1996" in Filling(PAGES).next(name="王", age="30").text


def test_questions_may_have_any_name():
    filling = Filling(PAGES).next(name="王", age="30").next(validate="a", csrf_token="b")
    filling.press("send")
    assert {"validate": "a", "csrf_token": "b"}.items() <= filling.result().answers.items()


def test_a_default_that_was_emptied_stays_empty():
    filling = Filling(PAGES)
    assert dict(filling.fields())["q-town"] == "Tengzhou"
    filling.next(name="王", town="")
    filling.press("back")
    assert dict(filling.fields())["q-town"] == ""
    filling.press("review")
    assert "town" not in filling.result().answers


def test_a_time_keeps_its_seconds_and_zone_through_a_browsers_field():
    filling = Filling(PAGES)
    filling.walk = Walk(PAGES, {"name": "王", "seen": "2026-03-10T14:05:07.250-07:00"}, WORLD, key="1")
    filling.show()
    assert dict(filling.fields())["q-seen"] == "2026-03-10T14:05"
    filling.next()
    assert filling.result().answers["seen"] == "2026-03-10T14:05:07.250-07:00"


def test_the_last_page_shows_every_answer_and_leads_back_to_its_page():
    filling = Filling(PAGES).next(name="王", age="30").next()
    assert filling.tree.xpath("//dt/text()") == ["Name", "Age", "Town"]
    assert filling.tree.xpath("//dd/text()") == ["王", "30", "Tengzhou"]
    filling.press("go:0")
    filling.press("review", name="李")
    assert filling.tree.xpath("//dd/text()") == ["李", "30", "Tengzhou"]


CHECKED = form("""
    | type | name | label | hint | required |
    | note | about | | Go round the house first | |
    | decimal | area | Area | | |
    | select_multiple heat | heat | Heating | | yes |
    | note | why | Why we ask | For the heating | |
    | begin_repeat | room | Room | One for each room | |
    """ + "".join(f"| text | t{number} | T{number} | | |\n" for number in range(8)) + "| end_repeat | | | |",
    choices="| list_name | name | label |\n| heat | coal | Coal |\n| heat | gas | Gas |")


def test_hints_of_notes_and_lists_are_shown_and_the_last_page_tells_the_pages_of_an_entry_apart():
    filling = Filling(CHECKED)
    assert filling.tree.xpath("//*[@class='note']//text()") == ["Go round the house first", "Why we ask", "For the heating"]
    assert "Please choose at least one" in filling.next(area="3").text
    filling.next(area="3", heat="coal")
    assert "One for each room" in filling.text
    filling.press("add:1")
    filling.next(room__0__t0="a").next(room__0__t7="b").next()
    assert filling.tree.xpath("//h3/text()") == ["Part 1", "Room 1", "Room 1 (continued)"]
    assert filling.tree.xpath("//dd/text()") == ["3", "Coal", "a", "b"]


def test_an_error_found_at_the_end_leads_to_its_page():
    filling = Filling(PAGES)
    filling.press("go:1")
    filling.next()
    assert filling.press("send")
    filling.walk.refuse(filling.result().errors)
    filling.show()
    assert filling.tree.xpath("//*[@id='error-summary']//button/@value") == ["go:0"]


NESTED = form("""
    | type | name | label | repeat_count | required |
    | begin_repeat | door | Door | | |
    | text | room | Room | | yes |
    | begin_repeat | person | Person | | |
    | text | name | Name | | |
    | integer | pets | Pets | | |
    | begin_repeat | pet | Pet | ${pets} | |
    | text | pet_name | Called | | yes |
    | end_repeat | | | | |
    | end_repeat | | | | |
    | end_repeat | | | | |
    """)


def test_entries_inside_entries_are_added_counted_and_removed():
    filling = Filling(NESTED)
    for room in ("101", "102"):
        filling.press("add:0")
        filling.next(**{f"door__{int(room) - 101}__room": room})
        for person in (0, 1):
            filling.press(f"add:0.{int(room) - 101}.1")
            at = f"door__{int(room) - 101}__person__{person}__"
            filling.next(**{at + "name": f"{room}-{person}", at + "pets": "2"})
            filling.next(**{at + "pet__0__pet_name": "Max"})
            filling.next(**{at + "pet__1__pet_name": "Mia"})
        filling.next()
    filling.press("go:0.0.1")
    filling.press("remove:0.0.1:0")
    assert "All the others are still there" in filling.text
    filling.press("send")
    pets = {"pets": "2", "pet": [{"pet_name": "Max"}, {"pet_name": "Mia"}]}
    assert filling.result().answers == {"door": [{"room": "101", "person": [{"name": "101-1", **pets}]}, {
        "room": "102", "person": [{"name": "102-0", **pets}, {"name": "102-1", **pets}]}]}


def test_a_mistake_in_an_entry_says_whose_answer_is_meant():
    filling = Filling(NESTED)
    filling.press("add:0")
    filling.next()
    assert "Door 1, Room" in filling.tree.xpath("string(//*[@id='error-summary'])")


ORDER = form("""
    | type | name | label | parameters | calculation |
    | select_one l | pick | Pick | randomize=true | |
    | calculate | lot | | | once(random()) |
    | rank l | order | Order | | |
    """, choices="| list_name | name | label |\n" + "\n".join(f"| l | c{number} | Choice {number} |" for number in range(6)))


def test_what_is_drawn_by_lot_stays_the_same_from_page_to_page():
    filling = Filling(ORDER)
    before = filling.tree.xpath("//input[@name='q-pick']/@value")
    filling.press("look")
    lot = json.loads(dict(filling.fields())["_state"])[0]["lot"]
    filling.press("look")
    assert filling.tree.xpath("//input[@name='q-pick']/@value") == before
    assert json.loads(dict(filling.fields())["_state"])[0]["lot"] == lot


def test_a_ranking_is_taken_in_the_order_of_its_places():
    order = ["c5", "c0", "c4", "c1", "c3", "c2"]
    filling = Filling(ORDER).next(order=order)
    filling.press("send")
    assert filling.result().answers["order"] == order


def test_a_ranking_that_names_one_thing_twice_is_no_ranking():
    filling = Filling(ORDER).next(order=["c5", "c5", "c4", "c1", "c3", "c2"])
    assert "choose each only once" in filling.text
    assert filling.tree.xpath("//select[@name='q-order'][1]/option[@selected]/@value")[0] == "c5"


FILES = form("""
    | type | name | label | appearance |
    | image | photo | Photo | |
    | image | sign | Sign | signature |
    | geotrace | path | Path | |
    | geopoint | spot | Spot | maps |
    | acknowledge | ok | Agreed | |
    """)


def test_what_a_page_cannot_do_is_said_beside_the_question():
    filling = Filling(FILES)
    said = {name: filling.tree.xpath(f"string(//*[@id='q-{name}-lines'])") for name in ("photo", "sign", "path")}
    assert not said["photo"] and "do it on paper and take a photo" in said["sign"] and "cannot draw on a map" in said["path"]


def test_a_chosen_files_name_is_kept_until_another_is_chosen_or_it_is_let_go():
    filling = Filling(FILES).next(photo="a.jpg", path="22 114\n22.1 114.2\n")
    filling.press("back")
    assert ("q-photo", "a.jpg") in filling.fields()
    filling.next(photo=["a.jpg", "b.jpg"])
    filling.press("send")
    assert filling.result().answers == {"photo": "b.jpg", "path": "22 114;22.1 114.2"}


@pytest.mark.parametrize("state", ["", "x", "[]", "[{},[],[],1,false]", '[{},[],[],1,true,"",NaN]', "[" * 100_000,
                                   '[[],[["q"]],[],1,false,"",0]',
                                   '[{"door":{"a":1}},[["door",99999999,"room"]],[],1,false,"",0]',
                                   '[{"door":[1,null,{"person":"x"}]},[["door",0,"room"],[1]],[[[]]],1,0,"",9e99]',
                                   '[{"door":[{"room":{"a":[]}}]},[],[],1,true,"??",-1]'])
def test_a_page_that_was_tampered_with_is_answered_with_a_page(state):
    for do in ("next", "back", "send", "add:0", "add:0.0.1", "remove:0:x", "go:9.9.9", "go:" + "1." * 50, "review", "²", ""):
        post = MultiDict({"_state": state, "_page": "0.0.0", "_do": do, "q-door-0-room": "1"})
        walk = Walk.posted(NESTED, post, WORLD)
        walk.step(post)
        assert "_state" in walk.html()


def test_nothing_typed_becomes_markup():
    filling = Filling(PAGES).next(name="</textarea><script>alert(1)</script>", age="3")
    assert filling.tree.xpath("//script") == []
    assert "<script>alert(1)</script>" in filling.text


def test_the_beginning_is_when_the_first_page_was_given_out_and_the_account_is_the_servers():
    report = library("incident-report")[1]
    filling = Filling(report, World("en", NOW, "V001"))
    post = MultiDict(filling.fields())
    raw, *rest = json.loads(post["_state"])
    post["_state"] = json.dumps([raw | {"username": "boss"}, *rest])
    later = Walk.posted(report, post, World("en", NOW + timedelta(minutes=9), "V001"))
    sent = later.to_send()
    assert sent["start"].startswith("2026-03-10T06:05") and sent["username"] == "V001"


def test_the_last_page_sent_twice_gives_the_same_answers():
    report = library("incident-report")[1]
    filling = Filling(report)
    filling.press("go:review")
    post = MultiDict(filling.fields())
    ends = {Walk.posted(report, post, World("en", NOW + timedelta(minutes=late))).to_send()["end"] for late in (1, 5)}
    assert len(ends) == 1 and ends.pop().startswith("2026-03-10T06:05")


def test_every_field_on_every_page_has_words_and_every_id_is_there_once():
    http = Http(preview_app(library("fire-inspection")[1]))
    seen = []

    class Looking(Http):
        def __init__(self):
            self.__dict__.update(http.__dict__)

        def html(self):
            tree = html.fromstring(super().html())
            ids = tree.xpath("//@id")
            labelled = {label.get("for") for label in tree.xpath("//label") if label.text_content().strip()}
            fields = tree.xpath("//input[not(@type='hidden')] | //select | //textarea")
            seen.append((len(ids) - len(set(ids)), [field.get("id") for field in fields if field.get("id") not in labelled]))
            return super().html()
    Walker(Looking(), is_done).walk()
    assert {(double, *unnamed) for double, unnamed in seen} == {(0,)}


def test_a_form_in_other_languages_can_be_read_in_each():
    swahili = form("| type | name | label::English (en) | label::Swahili (sw) |\n| time | t | When | Lini |\n| rank l | r | R | S |",
                   choices="| list_name | name | label::English (en) | label::Swahili (sw) |\n| l | a | A | Moja |")
    filling = Filling(swahili)
    assert "When" in filling.text
    post = MultiDict(filling.fields())
    post["_words"], post["_do"] = "Swahili (sw)", "look"
    walk = Walk.posted(swahili, post, WORLD)
    walk.step(post)
    assert "Lini" in walk.html() and "Moja" in walk.html()


def test_a_question_that_hangs_on_something_worked_out_is_asked_once_that_is_known():
    hanging = form("""
        | type | name | label | relevant | calculation |
        | select_one yes | north | North? | | |
        | select_one yes | south | South? | | |
        | calculate | where | | | if(${north} = 'y', 'n', if(${south} = 'y', 's', '')) |
        | text | village | Village | ${where} = 's' | |
        """, choices="| list_name | name | label |\n| yes | y | Yes |\n| yes | n | No |")
    assert hanging.simple and by_pages(hanging)
    filling = Filling(hanging).next(north="n", south="y")
    assert "q-village" in asks(filling)
    filling.next(village="Dongguo").press("send")
    assert filling.result().answers == {"north": "n", "south": "y", "where": "s", "village": "Dongguo"}
