"""The made-up people: believable, valid, and nobody's."""
from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from campaigns.believable import channels, households, mistakes, names, places, population, register, sizes
from campaigns.believable.identity import Issuer
from campaigns.believable.truth import Truth
from forms.answers import validate
from forms.form import library
from forms.language import Refusal
from tests import believable_cases as cases

DAY = date(2026, 3, 1)
FORM = library("housing-census")[1]


@pytest.fixture(scope="module")
def crowd():
    """1,500 households with their own answers."""
    draw, issuer = Random("crowd"), Issuer()
    counts = households.sizes(draw, sizes.small(1_600))
    found = []
    for count in counts:
        people, let = households.people(draw, issuer, count, DAY)
        found.append((people, let, households.of_dwelling(draw, people, let, "88.36", "2000_2009")))
    return found


def everyone(crowd):
    return [person for people, _, _ in crowd for person in people]


def test_every_made_household_passes_the_form_as_it_is(crowd):
    for people, _, answers in crowd:
        whole = {**answers, "person": [person.answers for person in people]}
        result = validate(FORM, whole, today=DAY, max_persons=100)
        assert not result.errors
        assert result.answers == whole


def test_households_sum_to_the_persons_asked_for():
    longquan = sizes.longquan()
    counts = households.sizes(Random(1), longquan)
    assert (len(counts), sum(counts)) == (76_688, 199_773)
    assert min(counts) == 1


def test_the_longquan_preset_has_the_reported_figures():
    size = sizes.longquan()
    compounds = places.compounds(Random(1), size)
    assert len({each.name for each in compounds}) == 123
    assert sum(each.doors for each in compounds) == size.dwellings > size.households == 76_688
    assert len({each.team for each in compounds}) == 7
    assert (size.visitors, size.grid_workers, size.clerks) == (599, 95, 40)


def test_no_door_of_a_compound_stands_twice():
    size, draw, seen = sizes.longquan(), Random(2), set()
    number = 1
    for compound in places.compounds(draw, size):
        for door in places.dwellings(draw, compound, number):
            seen.add((compound.name, door.building, door.unit, door.room))
            number += 1
    assert len(seen) == size.dwellings


def test_resident_ids_are_valid_and_of_a_division_that_does_not_exist(crowd):
    numbers = [p.answers["id_number"] for p in everyone(crowd) if p.answers["id_type"] == "resident_id"]
    assert len(numbers) > 3_000
    assert all(number.startswith("29") for number in numbers)
    weights = [2 ** (17 - place) % 11 for place in range(18)]
    for number in numbers:  # ISO 7064 MOD 11-2: the weighted sum of all eighteen is 1
        assert sum(w * (10 if c == "X" else int(c)) for w, c in zip(weights, number)) % 11 == 1


def test_no_document_number_is_given_twice(crowd):
    numbers = Counter(p.answers["id_number"] for p in everyone(crowd) if "id_number" in p.answers)
    assert numbers.most_common(1)[0][1] == 1


def test_serials_of_one_birthday_stay_apart_beyond_what_one_division_holds():
    draw, issuer = Random(3), Issuer()
    numbers = [issuer.resident_id(draw, date(1980, 1, 1), "1", True) for _ in range(1_500)]
    assert len(set(numbers)) == 1_500
    assert all(int(number[16]) % 2 for number in numbers)


def test_phones_are_of_a_block_without_subscribers(crowd):
    phones = {answers["contact_phone"] for _, _, answers in crowd}
    assert all(re.fullmatch(r"154\d{8}", phone) for phone in phones)


def test_names_hold_what_breaks_software():
    draw = Random(4)
    made = [names.full(draw, "01", names.surname(draw), draw.choice("12"), draw.randrange(1940, 2026)) for _ in range(20_000)]
    text = "".join(made)
    assert any(ord(character) > 0xFFFF for character in text)
    assert "㛃" in text and "喆" in text
    assert any(name.startswith("欧阳") for name in made)
    commonest = Counter(name[0] for name in made).most_common(3)
    assert {surname for surname, _ in commonest} == {"王", "李", "张"}
    assert "·" in names.full(draw, "05", "", "2", 1990)


def test_ages_relations_and_marriages_fit_together(crowd):
    for people, let, _ in crowd:
        head = people[0]
        assert head.relation == "02" and head.age >= 18
        assert [p.relation for p in people].count("10") <= 1
        for person in people[1:]:
            if person.relation in ("20", "30"):
                assert person.age <= head.age - 13
            elif person.relation == "50":
                assert person.age >= head.age + 20
            elif person.relation == "10":
                assert person.sex != head.sex and person.answers["marital"] == "20"
        for person in people:
            assert ("marital" in person.answers) == (person.age >= 15)
            assert person.age >= 20 or person.answers.get("marital", "10") == "10"
            assert person.age >= 18 or person.answers.get("education", "90") not in ("10", "20", "30")
        assert let == (people[-1].room > 1)


def test_children_carry_the_fathers_surname(crowd):
    for people, _, _ in crowd:
        if len(people) >= 3 and people[1].relation == "10" and people[2].relation in ("20", "30"):
            father = next(p for p in people[:2] if p.sex == "1")
            assert people[2].family == father.family


def test_some_are_foreign_some_have_no_document(crowd):
    origins = Counter(p.answers["origin"] for p in everyone(crowd))
    kinds = Counter(p.answers["id_type"] for p in everyone(crowd))
    assert origins["foreign"] and origins["hmt"] and kinds["none"] and kinds["passport"]


def test_a_size_that_cannot_be_is_refused():
    for dwellings in (0, 19, 10**6):
        with pytest.raises(Refusal, match="from 20 to 200,000"):
            sizes.small(dwellings)


@pytest.mark.parametrize("mistake", [mistakes.name_typo, mistakes.person_missed, mistakes.other_answers, mistakes.digit_missed])
def test_mistakes_change_the_answers_and_still_pass_the_form(crowd, mistake):
    draw, changed = Random(5), 0
    for people, _, answers in crowd[:200]:
        right = {**answers, "person": [person.answers for person in people]}
        changes = mistake(draw, right)
        told = mistakes.apply(right, changes)
        assert not validate(FORM, told, today=DAY, max_persons=100).errors
        assert (told != right) == bool(changes)
        changed += bool(changes)
    assert changed > 100


def test_a_single_wrong_digit_is_always_refused(crowd):
    draw, tried = Random(6), 0
    for people, _, answers in crowd[:200]:
        right = {**answers, "person": [person.answers for person in people]}
        changes = mistakes.digit_caught(draw, right)
        if changes:
            tried += 1
            assert validate(FORM, mistakes.apply(right, changes), today=DAY, max_persons=100).errors
    assert tried > 150


def truth_of(path: Path, plan) -> Truth:
    truth = Truth(path, create=True)
    population.populate(truth, plan.size, plan.seed, DAY, lambda done: None)
    channels.Schedule(plan.size, plan.seed, plan.calendar).write(truth, lambda done: None)
    return truth


def contents(truth: Truth) -> list:
    return [truth.connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("dwelling", "person", "telling", "opening")]


def test_the_same_seed_makes_the_same_truth_and_another_seed_another(tmp_path):
    one, same, other = (contents(truth_of(tmp_path / str(n), cases.plan(cases.EVERYTHING_WRONG, seed=seed)))
                        for n, seed in enumerate((7, 7, 8)))
    assert one == same
    assert all(mine != theirs for mine, theirs in zip(one[:3], other[:3]))


def test_the_same_truth_makes_the_same_register(tmp_path):
    truth = truth_of(tmp_path / "t", cases.plan(cases.EVERYTHING_WRONG))
    cells = []
    for name in ("a.xlsx", "b.xlsx"):
        bad = register.write(truth, tmp_path / name, 1, 0.1, DAY, lambda done: None)
        book = CalamineWorkbook.from_path(tmp_path / name)
        cells.append((bad, [book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names]))
    assert cells[0] == cells[1]
    assert cells[0][0] > 0


def test_everything_is_sent_while_the_campaign_takes_it(tmp_path):
    plan = cases.plan(cases.EVERYTHING_WRONG, dwellings=600, reached=1.0)
    calendar = plan.calendar
    opens, ends = (round(each.timestamp() * 1000) for each in (calendar.opens, calendar.ends))
    tellings = list(truth_of(tmp_path / "t", plan).tellings())
    assert all(opens <= each.filled_at <= each.received_at and opens < each.received_at < ends for each in tellings)
    assert [each.received_at for each in tellings] == sorted(each.received_at for each in tellings)


def test_a_campaign_that_is_over_has_late_entries_after_closing(tmp_path):
    plan = cases.plan(cases.EVERYTHING_WRONG, dwellings=600, reached=1.0, played_days=20)
    closes = round(plan.calendar.closes.timestamp() * 1000)
    late = [each for each in truth_of(tmp_path / "t", plan).tellings() if each.received_at >= closes]
    assert late
    assert all(each.filled_at < closes for each in late)


def test_residents_answer_in_the_evening_and_clerks_do_not(tmp_path):
    tellings = list(truth_of(tmp_path / "t", cases.plan(dwellings=3_000, reached=1.0)).tellings())
    hours = {channel: Counter((each.received_at // 3_600_000 + 8) % 24 for each in tellings if each.channel == channel)
             for channel in ("self", "paper")}
    assert 19 <= hours["self"].most_common(1)[0][0] <= 21
    assert not sum(hours["paper"][hour] for hour in (20, 21, 22, 23, 0, 1, 2, 3, 4, 5))


def test_each_mistake_comes_at_its_rate(tmp_path):
    rates = sizes.Rates()
    plan = cases.plan(rates, dwellings=6_000, reached=1.0)
    truth = truth_of(tmp_path / "t", plan)
    kinds = Counter(change["kind"] for each in truth.tellings() for change in each.changes)
    households_told = plan.size.households
    assert kinds["digit-missed"] / households_told == pytest.approx(rates.digit_missed, rel=0.5)
    caught = sum(bool(each.caught) for each in truth.tellings())
    assert caught / households_told == pytest.approx(rates.digit_caught, rel=0.35)
    corrected = sum(each.replaces is not None for each in truth.tellings())
    assert corrected / households_told == pytest.approx(rates.correction, rel=0.35)
    assert sum(each.told_at != each.dwelling_id for each in truth.tellings()) > 0


def test_a_clean_campaign_has_no_mistake_at_all(tmp_path):
    truth = truth_of(tmp_path / "t", cases.plan(dwellings=1_000, reached=1.0))
    for each in truth.tellings():
        assert not each.changes and not each.caught and each.told_at == each.dwelling_id and each.replaces is None
    assert truth.totals() == _sum(truth)


def _sum(truth: Truth):
    reached = truth.reached().values()
    return type(truth.totals())(*(sum(getattr(each, name) for each in reached) for name in ("doors", "households", "persons")))
