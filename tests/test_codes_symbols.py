"""The writing of codes: what a person may type, and which mistakes are caught."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.codes import symbols

numbers = st.integers(0, 2**55 - 1)
_FULL_WIDTH = str.maketrans({chr(each): chr(each + 0xFEE0) for each in range(0x21, 0x7F)})


@given(numbers)
def test_what_is_written_is_read_back(number):
    code = symbols.write(number)
    assert len(code) == 12 and symbols.read(code) == code


@given(numbers, numbers)
def test_two_numbers_never_share_a_code(one, other):
    assert (symbols.write(one) == symbols.write(other)) == (one == other)


@given(numbers)
def test_every_wrong_symbol_is_caught(number):
    code = symbols.write(number)
    for place in range(12):
        for symbol in symbols.ALPHABET.replace(code[place], ""):
            with pytest.raises(symbols.Mistyped):
                symbols.read(code[:place] + symbol + code[place + 1:])


@given(numbers)
def test_every_swap_of_two_neighbours_is_caught(number):
    code = symbols.write(number)
    for place in range(11):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2:]
        if swapped != code:
            with pytest.raises(symbols.Mistyped):
                symbols.read(swapped)


@given(numbers, st.randoms())
def test_case_and_the_letters_that_look_like_digits_do_not_matter(number, random):
    code = symbols.write(number)
    typed = "".join(random.choice({"0": "0Oo", "1": "1IiLl"}.get(symbol, symbol + symbol.lower())) for symbol in code)
    assert symbols.read(typed) == code


@pytest.mark.parametrize("separator", [" ", "-", "–", "—", "−", "‐", "‑", "　", "－", "\t", "\n", "\u00ad", "\u00a0", "\u200b", " - "])
def test_dashes_and_blanks_of_any_keyboard_are_ignored(separator):
    code = symbols.write(1234567890123456)
    assert symbols.read(separator.join((code[:4], code[4:8], code[8:])) + separator) == code


def test_full_width_characters_of_a_chinese_keyboard_are_read():
    code = symbols.write(987654321012345)
    assert symbols.read(symbols.grouped(code).lower().translate(_FULL_WIDTH)) == code


def test_a_code_is_shown_in_three_groups_of_four():
    assert symbols.grouped("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


@pytest.mark.parametrize("typed,count", [("", 0), ("ABCD", 4), ("0" * 13, 13)])
def test_a_wrong_length_is_told_with_the_number_typed(typed, count):
    with pytest.raises(symbols.Mistyped) as told:
        symbols.read(typed)
    assert f"{count} 位" in told.value.text.zh and f"typed {count}" in told.value.text.en


@pytest.mark.parametrize("symbol", ["U", "!", "{", "码", "𠮷"])
def test_a_symbol_that_codes_do_not_use_is_named_with_its_place(symbol):
    with pytest.raises(symbols.Mistyped) as told:
        symbols.read("AB" + symbol + "0" * 9)
    assert f"“{symbol}”" in told.value.text.zh and "place 3" in told.value.text.en
