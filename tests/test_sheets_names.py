"""File names from compound names."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.sheets.doors import Compound
from exports.sheets.names import file_stems


def stem(name: str, community: str = "") -> str:
    each = Compound(community, name)
    return file_stems([each], "c1")[each]


def stems(*compounds: tuple[str, str]) -> list[str]:
    return list(file_stems([Compound(*each) for each in compounds], "c1").values())


@pytest.mark.parametrize("name", ["幸福里", "𠮷祥苑", "龙泉·东院（南区）", "Block 7", "阳光100"])
def test_a_plain_name_stays_as_it_is(name):
    assert stem(name) == name


@pytest.mark.parametrize("name,safe", [
    ("../../etc/passwd", "_.._etc_passwd"), ("/etc", "_etc"), ("..", "c1"), (".hidden", "hidden"), ("a\\b:c*d?", "a_b_c_d_"),
    ("C:\\Windows", "C_Windows"), ("nul", "_nul"), ("COM1.x", "_COM1.x"), ("name. ", "name"), ("a\x00b\nc", "ab_c"), ("", "c1")])
def test_path_tricks_and_what_other_systems_forbid_are_taken_out(name, safe):
    assert stem(name) == safe


def test_doors_without_a_compound_are_filed_under_their_community():
    assert stem("", "龙泉社区") == "龙泉社区"


def test_compounds_of_one_name_in_two_communities_get_the_community_in_front():
    assert stems(("甲社区", "幸福里"), ("乙社区", "幸福里"), ("乙社区", "善国苑")) == ["甲社区 幸福里", "乙社区 幸福里", "善国苑"]


def test_names_that_become_the_same_file_name_are_numbered():
    assert stems(("", "a/b"), ("", "a:b"), ("", "A_B")) == ["a_b", "a_b-2", "A_B-3"]


def test_a_very_long_name_is_cut_between_characters():
    cut = stem("𠮷" * 100)
    assert len(cut.encode()) <= 160 and set(cut) == {"𠮷"}


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=60)), unique=True, max_size=8))
def test_any_names_give_different_names_of_one_path_part(compounds):
    made = stems(*compounds)
    assert len({each.casefold() for each in made}) == len(compounds)
    for each in made:
        assert each and "/" not in each and "\0" not in each and not each.startswith(".") and len(each.encode()) <= 170
