"""What a resident's phone keeps of a form: tests go on once it is there, not after a time that a busy machine may need more of."""
from __future__ import annotations

from collections.abc import Callable

_KEPT = """async () => {
    const { open } = await import("/static/form/drafts.js");
    const place = document.querySelector("#runtime");
    const page = location.pathname.replace(/\\/(form|receipt)$/, "").toUpperCase() + " page";
    const draft = await open(place ? place.dataset.draft : page).load();
    return draft ? JSON.stringify(draft.value) : ""; }"""


def wait_for_draft(page, *words: str) -> None:
    """Wait until the draft of the form in `page` holds all `words`."""
    _wait(page, lambda kept: kept and all(word in kept for word in words), f"no draft with {words} was kept")


def wait_until_forgotten(page) -> None:
    """Wait until there is no draft any more."""
    _wait(page, lambda kept: not kept, "the draft was not forgotten")


def _wait(page, enough: Callable[[str], bool], wrong: str) -> None:
    for _ in range(100):
        if enough(page.evaluate(_KEPT)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(wrong)
