"""People who work: badges, PINs, sealed names, revocation."""
import pytest

from campaigns import people
from campaigns.codes import codes
from campaigns.people import WrongPin
from forms.language import Refusal
from tests import core_cases as core
from tests import warm
from tests.core_cases import NOON


def sign_in(here, badge, pin):
    with here.store.read() as connection:
        return people.sign_in(connection, here.server, badge, pin)


def test_badge_and_pin_together_sign_in(here, made):
    alice = core.worker(here, made)
    assert sign_in(here, alice.badge, alice.pin) == alice.user


def test_a_wrong_pin_and_an_unknown_badge_give_the_same_words(here, made):
    alice = core.worker(here, made, pin="123456")
    with pytest.raises(WrongPin) as wrong:
        sign_in(here, alice.badge, "654321")
    with pytest.raises(WrongPin) as unknown:
        sign_in(here, "0" * 12, "123456")
    assert wrong.value.text == unknown.value.text


def test_a_revoked_person_cannot_sign_in_and_their_session_ends(here, made):
    alice = core.worker(here, made)
    with here.store.write() as connection:
        people.revoke(connection, alice.user, NOON, core.COMMAND_LINE)
    with pytest.raises(WrongPin):
        sign_in(here, alice.badge, alice.pin)
    with here.store.read() as connection:
        assert people.still_valid(connection, alice.user.id, alice.user.epoch) is None


def test_revoking_the_badges_code_ends_the_session_and_a_new_badge_signs_in(here, made):
    alice = core.worker(here, made)
    with here.store.write() as connection:
        new = codes.reissue(connection, here.server, codes.find(connection, here.server, alice.badge), NOON, core.COMMAND_LINE)
    with here.store.read() as connection:
        assert people.still_valid(connection, alice.user.id, alice.user.epoch) is None
    with pytest.raises(WrongPin):
        sign_in(here, alice.badge, alice.pin)
    assert sign_in(here, new, alice.pin).label == alice.user.label


def test_names_are_sealed_and_labels_shown(here, made):
    alice = core.worker(here, made, name="阿依古丽·买买提𠮷")
    with here.store.read() as connection:
        assert people.name_of(connection, here.keyring.campaign("c1"), alice.user) == "阿依古丽·买买提𠮷"
    here.store.close()
    assert "阿依古丽".encode() not in b"".join(path.read_bytes() for path in here.settings.home.glob("store.db*"))
    assert alice.user.label == "V001"


def test_labels_count_up_per_role(here, made):
    labels = [core.worker(here, made, role=role).user.label for role in ("volunteer", "volunteer", "lead")]
    assert labels == ["V001", "V002", "L001"]


@pytest.mark.parametrize("fields", [{"role": "boss"}, {"name": " "}, {"pin": "12ab"}, {"pin": "１２３４５６"}])
def test_impossible_people_are_refused(here, made, fields):
    with pytest.raises(Refusal):
        core.worker(here, made, **fields)


def test_pins_are_not_in_the_store(here, made):
    core.worker(here, made, pin="481516")
    here.store.close()
    assert b"481516" not in (here.settings.home / "store.db").read_bytes()


def test_a_pins_hash_is_as_slow_as_six_digits_need():
    assert warm.REAL_SCRYPT["n"] * warm.REAL_SCRYPT["r"] >= 2**17
