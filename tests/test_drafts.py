"""Drafts on the phone (DRF-1 to DRF-4 in static/form/drafts.js), in a real browser."""
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "survey/static"


# What is kept, as text; with "old" everything is first made a little older than seven days.
KEPT = """async ([name, about]) => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const base = await done(indexedDB.open("survey-drafts", 1));
  const store = () => base.transaction(name, "readwrite").objectStore(name);
  const [ids, all] = [await done(store().getAllKeys()), await done(store().getAll())];
  for (const [place, one] of about === "old" ? all.entries() : []) {
    one.at -= 7 * 24 * 3600 * 1000 + 1000;
    await done(store().put(one, ids[place]));
  }
  base.close();
  return all.map((one) => Array.from(new Uint8Array((one.sealed || one).bytes), (byte) => String.fromCharCode(byte)).join(""));
}"""
PHOTO = """{answers: {name: "王小明 𠮷"}, files: [{name: "a.jpg", blob: new Blob(["picture-bytes"], {type: "image/jpeg"})}]}"""


def run(page, steps):
    """Carry out `steps` (JavaScript, with `open`)."""
    return page.evaluate("async () => { const {open} = await import('/static/form/drafts.js'); " + steps + "}")


@pytest.fixture
def phone(chromium):
    """A fresh phone; the script is served as the site would, without the site."""
    opened = []

    def make():
        context = chromium.new_context(base_url="http://localhost")
        context.route("**/*", lambda route: route.fulfill(body="") if "/static/" not in route.request.url else
                      route.fulfill(path=STATIC / route.request.url.split("/static/")[1]))
        opened.append(context)
        return context.new_page()
    yield make
    for context in opened:
        context.close()


def on_site(page):
    page.goto("/h")
    return page


def test_a_draft_with_a_photo_opens_again_in_a_new_tab_and_is_sealed_on_the_phone(phone):
    page = on_site(phone())
    assert run(page, f'return await open("501 form").save({PHOTO})') is True
    raw = "".join(page.evaluate(KEPT, ["drafts", ""]) + page.evaluate(KEPT, ["files", ""]))
    assert "王小明" not in raw and "picture" not in raw and "name" not in raw  # DRF-1
    again = on_site(page.context.new_page())
    assert run(again, 'const {value, at} = await open("501 form").load();'
               "const [photo] = value.files;"
               "return [value.answers.name, photo.name, photo.blob.type, await photo.blob.text(), at <= new Date()]"
               ) == ["王小明 𠮷", "a.jpg", "image/jpeg", "picture-bytes", True]
    assert run(again, 'return await open("502 form").load()') is None
    assert run(on_site(phone()), 'return await open("501 form").load()') is None  # DRF-3: another phone


def test_the_newest_save_counts_and_nothing_is_left_after_forgetting(phone):
    page = on_site(phone())
    assert run(page, f"""
      const draft = open("501 form");
      await draft.save({PHOTO});
      draft.save({{a: 1}}); draft.save({{a: 2}}); await draft.save({{a: 3}});
      const newest = (await draft.load()).value;
      await draft.forget();
      return [newest, await draft.load()]""") == [{"a": 3}, None]
    assert page.evaluate(KEPT, ["drafts", ""]) == page.evaluate(KEPT, ["files", ""]) == []  # DRF-2


def test_what_is_older_than_seven_days_is_gone(phone):
    page = on_site(phone())
    run(page, f'return await open("501 form").save({PHOTO})')
    page.evaluate(KEPT, ["drafts", "old"])
    again = on_site(page.context.new_page())
    assert run(again, 'return await open("501 form").load()') is None
    assert again.evaluate(KEPT, ["files", ""]) == []


def test_a_browser_that_keeps_nothing_gets_no_draft_and_no_error(phone):
    page = phone()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: {open() { throw new Error('none'); }}})")
    on_site(page)
    assert run(page, 'const d = open("x"); return [await d.save({a: 1}), await d.load(), await d.forget()]') == [False, None, False]
