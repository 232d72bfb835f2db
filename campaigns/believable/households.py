"""Who lives behind a door: people whose ages, relations, schooling and marriages fit together."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from campaigns.believable import identity, names
from campaigns.believable.identity import Issuer
from campaigns.believable.sizes import Size

# Persons a household: 2020 census, family households, share of 1, 2, 3 ... persons; mean 2.60.
_PERSONS = (0.254, 0.297, 0.210, 0.132, 0.062, 0.031, 0.010, 0.004)
_GROUP_RENTED = 0.03  # of households of three to eight
_MOST = 10
_ETHNIC = (("01", 9700), ("03", 130), ("11", 50), ("05", 30), ("04", 12), ("07", 14), ("02", 16), ("06", 14), ("08", 12),
           ("15", 10), ("10", 8), ("17", 4))
_HEAD, _SPOUSE, _SON, _DAUGHTER, _GRANDCHILD, _PARENT, _SIBLING, _OTHER = "02", "10", "20", "30", "40", "50", "70", "99"
_IN_LAW = {("1", "1"): "55", ("1", "2"): "56", ("2", "1"): "53", ("2", "2"): "54"}  # (sex of head, sex of parent)


@dataclass(slots=True)
class Person:
    """One person while being made. `room` is the household within a dwelling that is let by the room, from 1."""

    relation: str
    sex: str
    age: int
    marital: str = ""
    family: str = ""
    ethnicity: str = "01"
    room: int = 1
    answers: dict = field(default_factory=dict)


def sizes(draw: Random, size: Size) -> list[int]:
    """Persons of each household, `size.households` numbers that sum to `size.persons` exactly."""
    drawn = draw.choices(range(1, len(_PERSONS) + 1), _PERSONS, k=size.households)
    missing = size.persons - sum(drawn)
    step = 1 if missing > 0 else -1
    while missing:
        place = draw.randrange(len(drawn))
        if 1 <= drawn[place] + step <= _MOST:
            drawn[place] += step
            missing -= step
    return drawn


def people(draw: Random, issuer: Issuer, count: int, on: date) -> tuple[list[Person], bool]:
    """`count` people of one door as they are on the day `on`, answers filled in; True when it is let by the room."""
    let = 3 <= count <= 8 and draw.random() < _GROUP_RENTED
    ethnicity = draw.choices([code for code, _ in _ETHNIC], [weight for _, weight in _ETHNIC])[0]
    made = list(_lodgers(draw, count)) if let else _family(draw, count)
    surnames = _surnames(draw, made)
    origin = draw.choices(("mainland", "hmt", "foreign"), (9955, 20, 25))[0]
    local = draw.random() < (0.05 if let else 0.66)
    for person in made:
        person.family = surnames.get(_line(person)) or names.surname(draw)
        person.ethnicity = ethnicity if draw.random() < 0.97 else "01"
        # In a mixed household one partner comes from elsewhere, rarely everyone.
        abroad = origin if person.relation == _SPOUSE or (person.relation == _HEAD and count == 1) else "mainland"
        _answer(draw, issuer, person, on, abroad, local)
    return made, let


def _surnames(draw: Random, made: list[Person]) -> dict[str, str]:
    """Children carry the father's surname, siblings and the father that of the head; everyone else an own one."""
    head, children = names.surname(draw), names.surname(draw)
    mother_heads = made[0].sex == "2" and len(made) > 1 and made[1].relation == _SPOUSE
    return {"head": head, "children": children if mother_heads else head, "husband": children if mother_heads else ""}


def _line(person: Person) -> str:
    if person.relation in (_SON, _DAUGHTER, _GRANDCHILD):
        return "children"
    if person.relation == _SPOUSE:
        return "husband" if person.sex == "1" else ""
    return "head" if person.relation in (_HEAD, _SIBLING) or (person.relation, person.sex) == (_PARENT, "1") else ""


def _lodgers(draw: Random, count: int) -> Iterator[Person]:
    room, left = 0, 0
    for place in range(count):
        if not left:
            room, left = room + 1, draw.choice((1, 1, 2))
        left -= 1
        yield Person(_HEAD if place == 0 else _OTHER, draw.choice("12"), draw.randint(19, 45), draw.choice(("10", "10", "20")),
                     room=room)


def _family(draw: Random, count: int) -> list[Person]:
    if count == 1:
        return [_alone(draw)]
    sex = draw.choices("12", (72, 28))[0]
    if count == 2 and draw.random() < 0.25:
        return _parent_and_child(draw, sex)
    age = min(92, max(22, round(draw.triangular(22, 90, 36 if count > 2 else 60))))
    head = Person(_HEAD, sex, age, "20")
    other = "2" if sex == "1" else "1"
    spouse = Person(_SPOUSE, other, max(21, age + draw.randint(-5, 3) * (1 if sex == "1" else -1)), "20")
    return [head, spouse, *_others(draw, head, spouse, count - 2)]


def _alone(draw: Random) -> Person:
    age = draw.choice((draw.randint(20, 34), draw.randint(35, 59), draw.randint(60, 95)))
    marital = draw.choices(("10", "20", "30", "40"), (8, 1, 0, 1) if age < 35 else (3, 3, 1, 4) if age < 60 else (1, 1, 9, 1))[0]
    return Person(_HEAD, draw.choice("12"), age, marital)


def _parent_and_child(draw: Random, sex: str) -> list[Person]:
    age = draw.randint(28, 75)
    child = draw.choice("12")
    return [Person(_HEAD, sex, age, draw.choice(("40", "30"))),
            Person(_SON if child == "1" else _DAUGHTER, child, max(0, age - draw.randint(22, 34)), "10")]


def _others(draw: Random, head: Person, spouse: Person, count: int) -> Iterator[Person]:
    """Children first, then parents, then grandchildren or siblings, as far as ages allow."""
    mother = min(head.age, spouse.age)
    children = min(count, draw.choices((1, 2, 3), (60, 34, 6))[0])
    parents = 0
    for place in range(count):
        if place < children:
            yield _child(draw, mother, place)
        elif head.age < 66 and parents < 2:
            parents += 1
            yield _parent(draw, head, parents, together=count - children >= 2)
        elif head.age >= 48:
            yield Person(_GRANDCHILD, draw.choice("12"), max(0, head.age - draw.randint(46, 60)), "10")
        else:
            yield Person(_SIBLING, draw.choice("12"), max(18, head.age + draw.randint(-9, 9)), "10")


def _child(draw: Random, mother: int, place: int) -> Person:
    sex = draw.choice("12")
    age = max(0, mother - 22 - draw.randint(0, 9) - 3 * place)
    return Person(_SON if sex == "1" else _DAUGHTER, sex, age, "20" if age > 34 and draw.random() < 0.3 else "10")


def _parent(draw: Random, head: Person, number: int, together: bool) -> Person:
    sex = "1" if number == 1 else "2"
    in_law = draw.random() < 0.2
    return Person(_IN_LAW[head.sex, sex] if in_law else _PARENT, sex, min(101, head.age + draw.randint(22, 30)),
                  "20" if together else "30")


def _answer(draw: Random, issuer: Issuer, person: Person, on: date, origin: str, local: bool) -> None:
    birth = _birthday(draw, person.age, on)
    id_type = _document(draw, person, origin)
    ethnicity = "foreign" if origin == "foreign" else person.ethnicity
    answers = {
        "name": names.full(draw, ethnicity, person.family, person.sex, birth.year), "relation": person.relation, "id_type": id_type,
        "sex": person.sex, "birth_date": birth.isoformat(), "origin": origin,
        "living_here": draw.choices(("here", "away_short", "away_long"), (94, 4, 2))[0]}
    if id_type == "resident_id":
        answers["id_number"] = issuer.resident_id(draw, birth, person.sex, local)
    elif id_type != "none":
        answers["id_number"] = issuer.other(draw, id_type)
    if origin != "foreign":
        answers["ethnicity"] = person.ethnicity
    if origin == "mainland":
        answers["registration"] = "none" if id_type == "none" else "local" if local else "elsewhere"
    if person.age >= 3:
        answers["education"] = _education(draw, person.age)
    if person.age >= 15:
        answers["marital"] = "10" if person.age < 20 else person.marital or "10"
    person.answers = answers


def _birthday(draw: Random, age: int, on: date) -> date:
    """A day on which somebody aged `age` on the day `on` was born. Nobody has a birthday in the 40 days that follow:
    turning 3 or 15 half-way through a campaign would change which questions are asked."""
    return on.replace(year=on.year - age, day=min(on.day, 28)) - timedelta(days=draw.randrange(1, 322))


def _document(draw: Random, person: Person, origin: str) -> str:
    if origin == "foreign":
        return draw.choices(("passport", "foreign_pr"), (8, 2))[0]
    if origin == "hmt":
        return draw.choice(("hk_macao", "taiwan"))
    without = 0.3 if person.age < 1 else 0.003
    return "none" if draw.random() < without else "resident_id"


def _education(draw: Random, age: int) -> str:
    if age < 6:
        return "90"
    if age < 12:
        return "80"
    if age < 15:
        return "70"
    if age < 18:
        return draw.choices(("60", "40", "70"), (55, 35, 10))[0]
    levels = ("90", "80", "70", "60", "40", "30", "20", "10")
    weights = ((0, 1, 10, 12, 14, 25, 34, 4) if age < 30 else (0, 3, 28, 16, 12, 19, 19, 3) if age < 45
               else (1, 14, 46, 17, 8, 8, 6, 0) if age < 65 else (14, 44, 28, 8, 3, 2, 1, 0))
    return draw.choices(levels, weights)[0]


def of_dwelling(draw: Random, made: list[Person], let: bool, area: str, built: str) -> dict:
    """The household's own answers, without the persons."""
    head = made[0]
    tenure = "rented" if let else draw.choices(("own", "rented", "dormitory", "relatives", "other"), (66, 25, 4, 4, 1))[0]
    answers = {
        "dwelling_use": "mixed" if draw.random() < 0.01 else "residential",
        "household_type": "collective" if let or tenure == "dormitory" else "family",
        "contact_name": head.answers["name"], "contact_phone": identity.phone(draw), "tenure": tenure,
        "rooms": str(min(9, max(1, round(float(area) / 28)))), "area": area, "built_years": built,
        "kitchen": "shared" if let else "own", "toilet": "shared" if let else "own_flush", "water": "tap_indoors"}
    _help(draw, made, answers)
    if draw.random() < 0.025:
        answers["suggestion"] = draw.choice(_SUGGESTIONS)
    return answers


def _help(draw: Random, made: list[Person], answers: dict) -> None:
    old_alone = len(made) == 1 and made[0].age >= 70
    if draw.random() < (0.35 if old_alone else 0.03):
        answers["needs_help"] = "yes"
        answers["needs_help_kind"] = ["lives_alone"] if old_alone else [draw.choice(("disability", "vaccination", "visit"))]
    elif draw.random() < 0.8:
        answers["needs_help"] = "no"


_SUGGESTIONS = (
    "单元门口的路灯坏了两个月，老人晚上出门看不见。", "希望小区里多装几个电动车充电桩。", "楼道里堆了纸箱和旧家具，怕着火。",
    "公交站离得远，能不能加一班早上的车？", "菜市场垃圾清得太晚，夏天味道大。", "暖气不热，打电话没人来修。",
    "想给孩子找个放学后能写作业的地方。", "建议社区办事能在手机上预约。", "健身器材松了，别伤着孩子。", "谢谢志愿者冒雨上门👍")
