"""Keys and sealing (INV-5)."""
import hmac
import stat

import pytest

from campaigns.keys import KeyMissing, Keyring, SealBroken


@pytest.fixture
def keyring(tmp_path):
    return Keyring(tmp_path / "keys")


def test_what_is_sealed_opens_again_with_rare_characters(keyring):
    key = keyring.create_campaign("c1")
    assert key.open(key.seal("𠮷·买买提".encode(), "user:V001"), "user:V001").decode() == "𠮷·买买提"


@pytest.mark.parametrize("change", [
    lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), lambda sealed: sealed[:5], lambda sealed: b"",
    lambda sealed: sealed[:13] + b"\0" + sealed[14:]])
def test_changed_bytes_do_not_open(keyring, change):
    key = keyring.create_campaign("c1")
    with pytest.raises(SealBroken):
        key.open(change(key.seal(b"answers", "submission:1")), "submission:1")


def test_sealed_bytes_of_one_submission_do_not_open_as_those_of_another(keyring):
    key = keyring.create_campaign("c1")
    with pytest.raises(SealBroken):
        key.open(key.seal(b"answers", "submission:1"), "submission:2")


def test_one_campaigns_key_does_not_open_what_another_sealed(keyring):
    sealed = keyring.create_campaign("c1").seal(b"answers", "x")
    with pytest.raises(SealBroken):
        keyring.create_campaign("c2").open(sealed, "x")


@pytest.mark.parametrize("data", [b"", b"a", b"b" * 64, "王小明".encode() * 99])
def test_a_keyed_hash_is_hmac_sha256_of_the_purpose_s_own_key_however_often(keyring, data):
    key = keyring.create_campaign("c1")
    assert {key.mac("person", data) for _ in range(3)} == {hmac.digest(key.derive("person"), data, "sha256")}
    assert key.mac("likeness", data) != key.mac("person", data)


def test_keys_are_files_that_only_their_owner_reads(keyring):
    keyring.create_campaign("c1")
    assert stat.S_IMODE((keyring.folder / "campaign-c1.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700


def test_making_a_key_again_keeps_the_one_that_is_there(keyring):
    sealed = keyring.create_campaign("c1").seal(b"answers", "x")
    assert Keyring(keyring.folder).create_campaign("c1").open(sealed, "x") == b"answers"


def test_a_destroyed_key_says_so(keyring):
    keyring.create_campaign("c1")
    (keyring.folder / "campaign-c1.key").unlink()
    with pytest.raises(KeyMissing, match="campaign-c1.key"):
        Keyring(keyring.folder).campaign("c1")


def test_the_same_text_sealed_twice_looks_different(keyring):
    key = keyring.create_campaign("c1")
    assert key.seal(b"same", "x") != key.seal(b"same", "x")
