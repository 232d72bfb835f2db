"""Paper forms keyed in a real browser with the keyboard alone."""
from benchmarks.keying import strokes, type_form
from tests import cast
from tests.cast import WANG

NUMBER = "999999198002030014"  # made up: no division has the code 999999
SON = {"name": "王一一", "relation": "20", "id_type": "resident_id", "id_number": NUMBER, "sex": "1", "birth_date": "1980-02-03",
       "origin": "mainland", "ethnicity": "01", "registration": "local", "living_here": "here", "education": "70", "marital": "10"}
THREE = WANG | {"person": [*WANG["person"], SON]}


def test_a_clerk_keys_form_after_form_without_a_mouse(
        phone, carol, wang_household, li_household, installation, campaign):
    page = phone()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/sign-in")
    page.fill("[name=badge]", carol.badge)
    page.fill("[name=pin]", carol.pin)
    page.press("[name=pin]", "Enter")
    page.wait_for_url("**/v/plain")
    page.goto("/desk/keying")
    form = cast.form(installation, campaign)

    def scan(door):
        page.keyboard.type(f"HTTPS://SURVEY.EXAMPLE.CN/H/{door.code}")
        page.keyboard.press("Enter")
        page.wait_for_selector("#q-dwelling_use:focus")

    scan(wang_household)
    keystrokes = type_form(page, form, THREE)
    page.wait_for_selector("#code:focus")
    assert "已存：" + wang_household.place in page.inner_text("main")
    assert cast.kept(installation, campaign)[-1]["answers"] == THREE
    assert keystrokes == sum(count for _, count in strokes(form, THREE)) < 200

    page.keyboard.press("F8")  # the one just keyed
    page.wait_for_selector("#q-dwelling_use:focus")
    assert page.input_value("#q-person-2-id_number") == NUMBER and page.inner_text(".key-row:has(#q-tenure) output") == "自己的"
    for key in ("Enter",) * 4 + ("5", "F9"):  # over use, area, kind and tenure to the rooms, which are typed over
        page.keyboard.press(key)
    page.wait_for_selector("#code:focus")
    first, second = cast.kept(installation, campaign)
    assert second["replaces"] == first["id"] and second["answers"]["rooms"] == "5"

    scan(li_household)
    page.keyboard.type("4")  # nobody lives there: nothing else of the household is asked
    assert page.is_hidden("#q-tenure")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("1")
    page.keyboard.type("eighty")
    page.keyboard.press("F9")
    page.wait_for_selector(".error-summary")
    assert page.evaluate("document.activeElement.id") == "q-area" and page.input_value("#q-area") == "eighty"
    assert page.inner_text("#q-area-error .error-text") and len(cast.kept(installation, campaign)) == 2
    page.focus("#q-person-0-ethnicity")
    page.keyboard.type("h")
    assert page.inner_text(".key-row:has(#q-person-0-ethnicity) output") == "不止一个，请再输几个字"
    page.keyboard.type("nz")
    assert page.inner_text(".key-row:has(#q-person-0-ethnicity) output") == "哈尼族"
    page.keyboard.press("F10")
    page.wait_for_selector("#code:focus")
    kept = cast.kept(installation, campaign)[-1]
    assert "invalid:area" in kept["flags"] and kept["answers"]["person"] == [{"ethnicity": "16"}]
