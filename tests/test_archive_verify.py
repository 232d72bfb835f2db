"""Whatever is wrong with an archive is found, named, and keeps it from being imported."""
import json
import random
import shutil
import stat
import zipfile

import pyrage
import pytest
from click.testing import CliRunner

from exports.archive import archive_keys, minisign, parcel
from exports.archive.checking import verify
from exports.archive.minisign import SigningKey
from exports.archive.refusals import ArchiveDamaged, WrongKey
from forms.language import Refusal
from survey.cli import main
from tests import archive_cases as cases
from tests import core_cases


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """(installation, archive, its files); to be read only."""
    folder = tmp_path_factory.mktemp("street")
    here, made = cases.street(folder / "home")
    cases.make(here, made, folder / "c1.archive")
    yield here, folder / "c1.archive", cases.files(here, folder / "c1.archive")
    here.store.close()


@pytest.fixture
def copy(street, tmp_path):
    """The archive and its signature, to spoil."""
    for path in (street[1], sig(street[1])):
        shutil.copy(path, tmp_path)
    return tmp_path / "c1.archive"


def sig(file):
    return file.with_name(file.name + ".minisig")


def survey(here, *words):
    return CliRunner().invoke(main, ["archive", *map(str, words)],
                              env={"SURVEY_HOME": str(here.settings.home), "SURVEY_LANGUAGE": "en"})


def refused(here, file, match):
    with pytest.raises(Refusal, match=match):
        verify(here, file)


def test_a_good_archive_is_checked_from_the_signature_to_the_last_row(street):
    report = verify(street[0], street[1])
    assert report.opened and report.files == len(street[2]) - 1  # all but the tag manifest itself
    assert (report.counts["households"], report.counts["persons"]) == (3, 8)


def test_verify_prints_what_was_checked(street):
    said = survey(street[0], "verify", street[1])
    assert said.exit_code == 0
    assert "The signature is good" in said.output and "Table persons: 8 rows" in said.output


def test_any_flipped_bit_of_the_file_is_found(street, copy):
    here, data = street[0], bytearray(copy.read_bytes())
    for place in random.Random(1).sample(range(len(data)), 150):
        bit = 1 << place % 8
        data[place] ^= bit
        copy.write_bytes(data)
        refused(here, copy, "does not match its signature")
        data[place] ^= bit


def test_any_flipped_bit_of_the_signature_file_is_found(street):
    key = archive_keys.own_public_key(street[0].keyring)
    with street[1].open("rb") as file:
        digest = parcel.blake2b(file)
    data = bytearray(sig(street[1]).read_bytes())
    minisign.parse(bytes(data)).check(key, digest)
    for place in range(len(data) * 8):
        data[place // 8] ^= 1 << place % 8
        with pytest.raises(Refusal):
            minisign.parse(bytes(data)).check(key, digest)
        data[place // 8] ^= 1 << place % 8


@pytest.mark.parametrize("spoil", [
    lambda data: data[:-1], lambda data: data[:100], lambda data: b"", lambda data: data + b"\0", lambda data: data + data],
    ids=["a byte short", "cut short", "empty", "a byte more", "twice"])
def test_a_file_cut_short_or_grown_is_found(street, copy, spoil):
    copy.write_bytes(spoil(copy.read_bytes()))
    refused(street[0], copy, "does not match its signature")


@pytest.mark.parametrize("spoil", [
    lambda data: data[:-1], lambda data: data + b"\n", lambda data: data.replace(b"\n", b"\r\n"), lambda data: b"",
    lambda data: data.replace(b"Rapid", b"Other"), lambda data: data.replace(b"==\n", b"=\n"), lambda data: b"\xff" + data],
    ids=["no end of line", "a line more", "other line ends", "empty", "untrusted comment", "padding", "no text"])
def test_a_signature_file_that_is_not_to_the_byte_what_was_written_is_found(street, copy, spoil):
    sig(copy).write_bytes(spoil(sig(copy).read_bytes()))
    refused(street[0], copy, "signature file")


def test_a_base64_that_says_the_same_in_other_letters_is_found(street, copy):
    lines = sig(copy).read_text().split("\n")
    assert lines[3].endswith("==")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    lines[3] = lines[3][:-3] + letters[letters.index(lines[3][-3]) ^ 1] + "=="  # the last bits are padding
    sig(copy).write_text("\n".join(lines))
    refused(street[0], copy, "signature file")


def test_a_missing_signature_is_named(street, copy):
    sig(copy).unlink()
    refused(street[0], copy, "is missing")


def test_a_missing_file_is_named(street, tmp_path):
    refused(street[0], tmp_path / "no.archive", "Cannot read")


def test_the_signature_of_another_archive_is_refused(street, copy, tmp_path):
    here = street[0]
    cases.forge(here, street[2], tmp_path / "other")
    shutil.copy(sig(tmp_path / "other"), sig(copy))
    refused(here, copy, "does not match its signature")


def test_a_foreign_signature_is_refused_and_both_keys_named(street, copy):
    with copy.open("rb") as file:
        sig(copy).write_text(SigningKey(bytes(32)).sign(parcel.blake2b(file), "campaign=c1"))
    with pytest.raises(WrongKey, match=archive_keys.own_public_key(street[0].keyring).name):
        verify(street[0], copy)


def test_another_public_key_than_the_signers_is_refused(street):
    with pytest.raises(WrongKey):
        verify(street[0], street[1], public_key=SigningKey(bytes(32)).public)


def test_a_receiver_with_the_public_keys_alone_checks_the_signature(street, tmp_path):
    receiver = core_cases.installation(tmp_path / "other home")
    report = verify(receiver, street[1], public_key=archive_keys.own_public_key(street[0].keyring))
    assert not report.opened and "persons=8" in report.comment


def test_a_receiver_with_the_identity_checks_everything(street, tmp_path):
    receiver = core_cases.installation(tmp_path / "other home")
    report = verify(receiver, street[1], public_key=archive_keys.own_public_key(street[0].keyring),
                    identities=[archive_keys.own_identity(street[0].keyring)])
    assert report.opened


def test_without_any_key_the_senders_is_asked_for(street, tmp_path):
    refused(core_cases.installation(tmp_path / "other home"), street[1], "--public-key")


def test_checking_makes_no_keys(street, tmp_path):
    receiver = core_cases.installation(tmp_path / "other home")
    verify(receiver, street[1], public_key=archive_keys.own_public_key(street[0].keyring))
    assert not receiver.keyring.folder.exists()


def test_an_identity_that_does_not_open_it_is_refused(street):
    with pytest.raises(WrongKey, match="another receiver"):
        verify(street[0], street[1], identities=[pyrage.x25519.Identity.generate()])


def test_the_public_key_may_be_given_as_text_or_as_a_file(street, tmp_path):
    key = archive_keys.own_public_key(street[0].keyring)
    (tmp_path / "k.pub").write_text(key.file)
    assert archive_keys.public_key(str(key)) == archive_keys.public_key(str(tmp_path / "k.pub")) == key


@pytest.mark.parametrize("given", ["RWnonsense", "/no/such/file", ""])
def test_what_is_no_public_key_is_refused(given):
    with pytest.raises(Refusal, match="public key"):
        archive_keys.public_key(given)


@pytest.mark.parametrize("text", [None, "", "nonsense", "AGE-SECRET-KEY-1NO"])
def test_what_is_no_identity_file_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "id").write_text(text)
    with pytest.raises(Refusal, match="identity"):
        archive_keys.identities_in(tmp_path / "id")


def test_the_commands_end_with_1_and_import_nothing_of_a_damaged_archive(street, copy, tmp_path):
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    assert survey(street[0], "verify", copy).exit_code == 1
    said = survey(street[0], "import", copy, "--into", f"sqlite:///{tmp_path}/main.db")
    assert said.exit_code == 1 and "does not match its signature" in said.output
    assert not (tmp_path / "main.db").exists()


# From here on the signature is right, and what was signed is wrong.

def damaged(street, tmp_path, found, match):
    cases.forge(street[0], found, tmp_path / "forged")
    with pytest.raises(ArchiveDamaged, match=match):
        verify(street[0], tmp_path / "forged")


def changed(street, name, change):
    """The archive's files with one of them changed, and manifests that fit."""
    return cases.manifests({**street[2], name: change(street[2][name])})


def test_the_forger_of_these_tests_makes_good_archives_of_good_files(street, tmp_path):
    cases.forge(street[0], cases.manifests(street[2]), tmp_path / "forged")
    assert verify(street[0], tmp_path / "forged").opened


def test_a_file_whose_checksum_differs_is_found(street, tmp_path):
    damaged(street, tmp_path, {**street[2], "data/codebook.md": b"x"}, "codebook.md differs")


def test_a_file_that_is_missing_is_found(street, tmp_path):
    found = dict(street[2])
    del found["data/archive.sqlite"]
    damaged(street, tmp_path, found, "archive.sqlite is missing")


def test_a_file_that_no_manifest_names_is_found(street, tmp_path):
    damaged(street, tmp_path, {**street[2], "data/more.exe": b"x"}, "more.exe is in no manifest")


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "bag/../../evil", "bag/a\\b", "bag/c:evil", "bag//x", "bag/./x", "loose"])
def test_names_that_lead_elsewhere_are_refused(street, tmp_path, name):
    members = [(f"bag/{each}", data) for each, data in street[2].items()]
    damaged(street, tmp_path, [*members, (name, b"x")], "not safe")


def test_a_link_is_refused(street, tmp_path):
    link = zipfile.ZipInfo("bag/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    damaged(street, tmp_path, [*((f"bag/{name}", data) for name, data in street[2].items()), (link, b"/etc/passwd")], "not safe")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_refused(street, tmp_path):
    members = [(f"bag/{name}", data) for name, data in street[2].items()]
    damaged(street, tmp_path, [*members, members[0]], "twice")


def test_two_folders_are_refused(street, tmp_path):
    damaged(street, tmp_path, [*((f"bag/{name}", data) for name, data in street[2].items()), ("other/x", b"")], "one folder")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(street, tmp_path):
    damaged(street, tmp_path, {**street[2], "data/zeros": bytes(200 * 1024 * 1024)}, "zip bomb")


def test_what_is_no_zip_is_refused(street, tmp_path):
    cases.seal(street[0], b"not a zip", tmp_path / "forged")
    with pytest.raises(ArchiveDamaged, match="no zip"):
        verify(street[0], tmp_path / "forged")


def test_a_signed_file_that_is_not_encrypted_is_no_archive(street, tmp_path):
    (tmp_path / "f").write_bytes(b"hello")
    with (tmp_path / "f").open("rb") as file:
        sig(tmp_path / "f").write_text(archive_keys.signing_key(street[0].keyring).sign(parcel.blake2b(file), "-"))
    refused(street[0], tmp_path / "f", "no archive")


def repackaged(street, change):
    """The archive's files with a changed datapackage.json."""
    def edit(data):
        package = json.loads(data)
        change(package, {each["name"]: each for each in package["resources"]})
        return json.dumps(package).encode()
    return changed(street, "data/datapackage.json", edit)


def _field(resources, table, name):
    return next(each for each in resources[table]["schema"]["fields"] if each["name"] == name)


@pytest.mark.parametrize("change, match", [
    (lambda package, found: package["resources"].append({**found["persons"], "name": "weapons"}), "unknown table “weapons”"),
    (lambda package, found: package["resources"].remove(found["persons"]), "lacks table “persons”|cannot be read"),
    (lambda package, found: found["persons"].update(path="../persons.csv"), "not where it must be"),
    (lambda package, found: found["persons"].update(rows=9), "8 rows; the description says 9"),
    (lambda package, found: found["persons"]["schema"].update(primaryKey=["name"]), "cannot be read"),
    (lambda package, found: _field(found, "persons", "sex").update(type="weird"), "cannot be read"),
    (lambda package, found: _field(found, "persons", "person_no").update(type="string"), "cannot be read"),
    (lambda package, found: _field(found, "persons", "name").update(name="x; DROP TABLE person"), "cannot be read"),
    (lambda package, found: _field(found, "persons", "name").update(type="integer"), "column “name” is not allowed"),
    (lambda package, found: _field(found, "persons", "sex")["constraints"].update(enum=["2"]), "column “sex” is not allowed"),
    (lambda package, found: _field(found, "persons", "name").update(name="SEX"), "cannot be read"),
    (lambda package, found: _field(found, "persons", "name").update(name="other"), "heading of table persons"),
    (lambda package, found: package.pop("campaign"), "cannot be read"),
], ids=["unknown table", "table gone", "path", "rows", "key", "type", "own type", "name", "integer", "code", "same name", "heading",
        "facts"])
def test_a_description_that_does_not_fit_is_refused(street, tmp_path, change, match):
    damaged(street, tmp_path, repackaged(street, change), match)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"nonsense", b'{"resources": 1}', b'{"resources": [1]}', b"\xff"])
def test_a_description_that_is_none_is_refused(street, tmp_path, text):
    found = cases.manifests({**street[2], "data/datapackage.json": text})
    cases.forge(street[0], [(f"bag/{name}", data) for name, data in found.items() if "datapackage" not in name]
                + [(zipfile.ZipInfo("bag/data/datapackage.json"), text)], tmp_path / "forged")
    with pytest.raises(ArchiveDamaged, match="cannot be read|lacks table"):
        verify(street[0], tmp_path / "forged")


PERSON = "data/tables/persons.csv"


@pytest.mark.parametrize("change, match", [
    (lambda data: data.replace(b"1960-05-08", b"1960-02-30", 1), "Row 1 of table persons.*birth_date.*must be date"),
    (lambda data: data.replace(b"1960-05-08", b"19600508", 1), "birth_date"),
    (lambda data: data.replace("李𠮷".encode(), b"\xff\xfe", 1), "no proper UTF-8"),
    (lambda data: data.replace("王小明".encode(), '"王小明'.encode(), 1), "table persons|Table persons"),
    (lambda data: data.replace("王小明".encode(), "王,小明".encode(), 1), "16 cells instead of 15"),
    (lambda data: data.rsplit(b"\r\n", 2)[0] + b"\r\n", "has 7 rows"),
    (lambda data: data.replace(b"101/1/2,", b"101/1/1,", 1), "has a key twice"),
    (lambda data: data.replace(b"101/1,1,", b"999/1,1,", 1), "points to a row that table households does not have"),
    (lambda data: data.replace(b"101/1,1,", b"101/1,,", 1), "person_no"),
], ids=["no such day", "other date", "bytes", "quote", "cells", "row gone", "same key", "no household", "required"])
def test_a_table_that_is_not_as_described_is_refused(street, tmp_path, change, match):
    assert change(street[2][PERSON]) != street[2][PERSON]
    damaged(street, tmp_path, changed(street, PERSON, change), match)


def test_what_is_wrong_in_a_cell_is_told_without_its_value(street, tmp_path):
    cases.forge(street[0], changed(street, PERSON, lambda data: data.replace(b"1960-05-08", b"1960-99-08", 1)), tmp_path / "forged")
    with pytest.raises(ArchiveDamaged) as told:
        verify(street[0], tmp_path / "forged")
    assert "1960" not in f"{told.value.text}"


def test_a_signed_comment_that_tells_other_counts_is_refused(street, tmp_path):
    cases.seal(street[0], pyrage.decrypt(street[1].read_bytes(), [archive_keys.own_identity(street[0].keyring)]),
               tmp_path / "forged", "campaign=c1 persons=9")
    refused(street[0], tmp_path / "forged", "signed comment")


def test_nothing_in_plain_stays_after_checking(street):
    verify(street[0], street[1])
    assert list((street[0].settings.home / "work").iterdir()) == []
