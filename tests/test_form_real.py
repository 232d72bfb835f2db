"""Real forms that others wrote, in a real browser: each is filled with the keyboard alone from its first to its last question and
sent, and what is on disk is what was typed; or it is refused with the right reason."""
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from forms import browser, check
from forms.filling import Filling
from forms.language import Refusal
from survey.cli.beside import FilesBeside
from survey.questionnaire.walk import by_pages
from tests import cast, chosen_files
from tests.keyboard_walker import Keyboard, KeyboardWalker, lost
from tests.runtime_walker import typed_and_kept

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir() and not os.environ.get("CI"), reason="needs ../shared/corpus")
FORMS = [str(path.relative_to(CORPUS / "forms")) for path in sorted((CORPUS / "forms").glob("*/*.xls*"))] or ["the corpus"]
ENGINE, SERVER, REFUSED = "in the browser", "on the server's pages", "refused"
PATIENCE = 60_000  # ms: some forms are as long as a book


class Files(Mapping):
    """The files beside the forms; what the corpus lacks is made up."""

    def __init__(self):
        self.found = FilesBeside(CORPUS / "forms_media/liberia", CORPUS)

    def __getitem__(self, name):
        if name in self.found:
            return self.found[name]
        try:
            return chosen_files.beside_a_form(name)
        except KeyError:
            raise KeyError(name) from None

    def __iter__(self):
        return iter(self.found)

    def __len__(self):
        return len(self.found)

    def __contains__(self, name):
        return True


def at_receipt(tree):
    return bool(tree.xpath("//*[contains(@class, 'number-label')]"))


def walked(phone, installation, campaign, name, room) -> str:
    """Fill a form of the corpus to its end; how that went."""
    path = CORPUS / "forms" / name
    data, files = path.read_bytes(), Files()
    report = check.check(data, path.name, files)
    if not report.usable:
        assert report.problems and all(problem.cause.zh and problem.remedy.zh for problem in report.problems)
        return f"{REFUSED}: {report.problems[0].cause.en}"
    try:
        with installation.store.write() as connection:
            form_versions.use_workbook(connection, campaign.id, data, path.stem, clock.now(), COMMAND_LINE, files)
    except Refusal as refusal:
        return f"{REFUSED}: {refusal}"
    form, door = cast.form(installation, campaign), cast.door(installation, campaign, str(room))
    page = phone(language="en")
    page.set_default_timeout(PATIENCE)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"/h/{door.code}/form")
    runtime = by_pages(form) and not browser.lacks(form)
    if runtime:
        page.keyboard.press("Shift")
        page.locator("#entry[data-runtime=on]").wait_for()
    walker = KeyboardWalker(Keyboard(page, runtime), at_receipt).walk()
    assert problems == []
    answers = cast.kept(installation, campaign)[-1]["answers"]
    both = typed_and_kept(form, walker.seen, answers)
    assert [one for one in both if one[1] != one[2]] == []
    state = Filling(form, answers, datetime.now(UTC).astimezone(), 50).begin()
    assert lost(form, walker.seen, answers, state) == [] and both
    return f"{ENGINE if runtime else SERVER}: {walker.pages} pages, {len(both)} answers"


@pytest.mark.long
@needs_corpus
@pytest.mark.parametrize("name", FORMS)
def test_a_real_form_is_filled_with_the_keyboard_alone_or_refused(phone, installation, campaign, name):
    print(f"{name}: {walked(phone, installation, campaign, name, 501)}")
