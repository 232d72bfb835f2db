"""What people get wrong. A change says what was said instead of the truth:

    {"kind", "question", "person" (place from 0; absent for the household), "said"}   an answer that differs
    {"kind": "person-missed", "person"}                                               a person who was left out
"""
from __future__ import annotations

from collections.abc import Callable
from random import Random

from forms.residentid import check_symbol

_ALIKE = str.maketrans("伟强英芳丽明静敏杰婷宇轩涵梓张章李王陈杨赵黄", "炜墙瑛方莉鸣净闵洁亭雨宣含子章张里汪程羊兆皇")


def apply(answers: dict, changes: list[dict]) -> dict:
    """`answers` as they were told; those given are not changed."""
    if not changes:
        return answers
    told = {**answers, "person": [dict(person) for person in answers.get("person", [])]}
    for change in changes:
        if "question" in change:
            (told if "person" not in change else told["person"][change["person"]])[change["question"]] = change["said"]
    missed = {change["person"] for change in changes if change["kind"] == "person-missed"}
    told["person"] = [person for place, person in enumerate(told["person"]) if place not in missed]
    return told


def name_typo(draw: Random, answers: dict) -> list[dict]:
    """One character of a name written as another that looks or sounds alike, or written twice."""
    place = draw.randrange(len(answers["person"]))
    name = answers["person"][place]["name"]
    alike = name.translate(_ALIKE)
    said = alike if alike != name else name + name[-1]
    return [{"kind": "name-typo", "person": place, "question": "name", "said": said}]


def digit_caught(draw: Random, answers: dict) -> list[dict]:
    """One wrong digit in a resident ID: the check digit always finds it. Nothing when nobody has such a number."""
    def wrong(number: str) -> str:
        at = draw.randrange(17)
        digit = draw.choice([other for other in "123456789" if other != number[at]])
        return number[:at] + digit + number[at + 1:]

    return _in_resident_id(draw, answers, "digit-caught", wrong)


def digit_missed(draw: Random, answers: dict) -> list[dict]:
    """Two wrong symbols, the last one being the check digit: every rule is kept, the number is another's."""
    def wrong(number: str) -> str:
        digit = draw.choice([other for other in "123456789" if other != number[5]])
        first17 = number[:5] + digit + number[6:17]
        return first17 + check_symbol(first17)

    return _in_resident_id(draw, answers, "digit-missed", wrong)


def _in_resident_id(draw: Random, answers: dict, kind: str, wrong: Callable[[str], str]) -> list[dict]:
    holders = [place for place, person in enumerate(answers["person"]) if person["id_type"] == "resident_id"]
    if not holders:
        return []
    place = draw.choice(holders)
    return [{"kind": kind, "person": place, "question": "id_number", "said": wrong(answers["person"][place]["id_number"])}]


def person_missed(draw: Random, answers: dict) -> list[dict]:
    """Somebody other than the first left out; nothing in a household of one."""
    count = len(answers["person"])
    return [{"kind": "person-missed", "person": draw.randrange(1, count)}] if count > 1 else []


def other_answers(draw: Random, answers: dict) -> list[dict]:
    """What another member, or a list, says about the same household: other rooms, another phone, often a person less."""
    changes = [{"kind": "differs", "question": "rooms", "said": str(int(answers["rooms"]) % 9 + 1)}]
    if draw.random() < 0.5:
        phone = answers["contact_phone"]
        changes.append({"kind": "differs", "question": "contact_phone", "said": f"{phone[:7]}{draw.randrange(10**4):04d}"})
    return changes + (person_missed(draw, answers) if draw.random() < 0.3 else [])
