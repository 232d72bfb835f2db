"""Functions of chance. All draws come from the context's source; `randomize` with a seed is the same everywhere."""
from __future__ import annotations

import hashlib
import math
import string
import uuid

from forms.functions.registry import function
from forms.xpath.context import Frame
from forms.xpath.errors import EvaluationError
from forms.xpath.values import to_number, to_text

ALPHABET = string.ascii_letters + string.digits
LONGEST_TOKEN = 10_000
MODULUS, MULTIPLIER = 2 ** 31 - 1, 16807  # Park and Miller's minimal standard generator, which ODK Collect uses


@function("random", "", "number", framed=True)
def random_number(frame: Frame) -> float:
    return round(frame.context.randomness.random(), 15)


@function("uuid", "?n", "text", framed=True)
def random_uuid(frame: Frame, *length: float) -> str:
    """A version 4 UUID; with a length, that many random letters and digits."""
    draw = frame.context.randomness
    if not length:
        return str(uuid.UUID(int=draw.getrandbits(128), version=4))
    if not 0 <= length[0] <= LONGEST_TOKEN:
        raise EvaluationError(f"uuid() makes up to {LONGEST_TOKEN} characters")
    frame.context.spend(int(length[0]))
    return "".join(draw.choice(ALPHABET) for _ in range(int(length[0])))


@function("randomize", "s?v", "nodes", framed=True)
def randomize(frame: Frame, nodes: list, *seed: object) -> list:
    """The nodes in another order; with a seed always the same one."""
    frame.context.spend(len(nodes))
    return shuffled(nodes, draws(seed_of(seed[0], frame)) if seed else frame.context.randomness.random)


def seed_of(value: object, frame: Frame) -> int:
    """The whole number that a seed stands for: a number cut to a 64-bit one, 0 for nothing, else a hash of the text."""
    number = to_number(value, frame.context.zone)
    if number == number:
        return int(max(-2.0 ** 63, min(number, 2.0 ** 63))) if math.isfinite(number) else (
            2 ** 63 - 1 if number > 0 else -2 ** 63)
    text = to_text(value)
    if not text or isinstance(value, float):
        return 0
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def draws(seed: int):
    """Numbers from 0 to 1 that follow from the seed."""
    state = int(math.fmod(seed, MODULUS)) if abs(seed) < 2 ** 53 else int(math.copysign(abs(seed) % MODULUS, seed))
    if state <= 0:
        state += MODULUS - 1

    def draw() -> float:
        nonlocal state
        state = state * MULTIPLIER % MODULUS
        return (state - 1) / (MODULUS - 1)
    return draw


def shuffled(items: list, draw) -> list:
    """The items put one by one at a random place among those before (Fisher and Yates, growing)."""
    mixed: list = []
    for count, item in enumerate(items):
        place = int(draw() * (count + 1))
        if place == count:
            mixed.append(item)
        else:
            mixed.append(mixed[place])
            mixed[place] = item
    return mixed
