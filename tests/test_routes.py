"""Every route, its methods and its roles. Whoever adds a page decides here, in plain sight, who may open it."""
import re

import pytest

from survey import access
from survey.access import Pages, RouteWithoutRole
from tests.respondent import Respondent

STAFF = "volunteer clerk building_head lead supervisor organiser"
PHONES = "volunteer clerk building_head"
READERS = "lead supervisor organiser"
ROUTES = {
    ("/", "GET"): "public",
    ("/healthz", "GET"): "public",
    ("/form/words.json", "GET"): "public",
    ("/form/<int:version>/<digest>.xml", "GET"): "public",
    ("/kept/<version>/<path:filename>", "GET"): "public",
    ("/static/<path:filename>", "GET"): "public",
    ("/form-media/<digest>/<name>", "GET"): "public",
    ("/h", "GET"): "resident-by-code",
    ("/h", "POST"): "resident-by-code",
    ("/h/<code>", "GET"): "resident-by-code",
    ("/H/<code>", "GET"): "resident-by-code",
    ("/h/<code>/form", "GET"): "resident-by-code",
    ("/h/<code>/form", "POST"): "resident-by-code",
    ("/h/<code>/file/<file>", "GET"): "resident-by-code",
    ("/h/<code>/another", "GET"): "resident-by-code",
    ("/h/<code>/household/<int:number>/form", "GET"): "resident-by-code",
    ("/h/<code>/household/<int:number>/form", "POST"): "resident-by-code",
    ("/h/<code>/receipt", "GET"): "resident-by-code",
    ("/h/<code>/correct", "GET"): "resident-by-code",
    ("/h/<code>/correct", "POST"): "resident-by-code",
    ("/b/<code>", "GET"): "public",
    ("/B/<code>", "GET"): "public",
    ("/sign-in", "GET"): "public",
    ("/sign-in", "POST"): "public",
    ("/sign-out", "POST"): STAFF,
    ("/v/", "GET"): "public",
    ("/v/sw.js", "GET"): "public",
    ("/v/manifest.webmanifest", "GET"): "public",
    ("/v/plain", "GET"): "volunteer clerk building_head",
    ("/v/plain", "POST"): "volunteer clerk",
    ("/v/door/<code>", "GET"): "volunteer clerk",
    ("/v/door/<code>/form", "GET"): "volunteer clerk",
    ("/v/door/<code>/form", "POST"): "volunteer clerk",
    ("/v/door/<code>/file/<file>", "GET"): "volunteer clerk",
    ("/v/door/<code>/another", "GET"): "volunteer clerk",
    ("/v/door/<code>/household/<int:number>/form", "GET"): "volunteer clerk",
    ("/v/door/<code>/household/<int:number>/form", "POST"): "volunteer clerk",
    ("/v/door/<code>/receipt", "GET"): "volunteer clerk",
    ("/v/tally", "GET"): "volunteer clerk",
    ("/v/hanger", "GET"): "volunteer clerk",
    ("/v/hanger", "POST"): "volunteer clerk",
    ("/v/hanger/<code>", "GET"): "volunteer clerk",
    ("/v/hanger/<code>", "POST"): "volunteer clerk",
    ("/lead/", "GET"): READERS,
    ("/lead/team", "GET"): READERS,
    ("/v/app/round", "GET"): PHONES,
    ("/v/app/form/<digest>.xml", "GET"): PHONES,
    ("/v/app/form/<digest>/<name>", "GET"): PHONES,
    ("/v/app/sync", "POST"): PHONES,
    ("/v/app/file/<item>/<name>", "GET"): PHONES,
    ("/v/app/file/<item>/<name>", "POST"): PHONES,
    ("/desk/", "GET"): READERS,
    ("/desk/assign", "GET"): READERS,
    ("/desk/assign", "POST"): READERS,
    ("/desk/assign/hand-over", "POST"): READERS,
    ("/desk/doors", "GET"): READERS,
    ("/desk/doors", "POST"): READERS,
    ("/desk/held", "GET"): READERS,
    ("/desk/held/<label>", "GET"): READERS,
    ("/desk/held/<label>", "POST"): READERS,
    ("/desk/reports", "GET"): READERS,
    ("/desk/reports/<int:report_id>", "GET"): READERS,
    ("/desk/reports/<int:report_id>/file/<file>", "GET"): READERS,
    ("/desk/entries", "GET"): READERS,
    ("/desk/entries/<int:number>", "GET"): READERS,
    ("/desk/entries/<int:number>", "POST"): "supervisor organiser",
    ("/desk/flags", "GET"): READERS,
    ("/desk/flags", "POST"): READERS,
    ("/desk/pay", "GET"): READERS,
    ("/desk/pay/close", "POST"): "organiser",
    ("/desk/pay/<int:number>.xlsx", "GET"): "organiser",
    ("/desk/pay/<int:number>.xlsx.minisig", "GET"): "organiser",
    ("/desk/submissions", "GET"): READERS,
    ("/desk/submissions", "POST"): READERS,
    ("/desk/submissions/<int:submission_id>", "GET"): READERS,
    ("/desk/submissions/<int:submission_id>/file/<int:file_id>", "GET"): "supervisor organiser",
    ("/desk/keying", "GET"): f"clerk {READERS}",
    ("/desk/keying", "POST"): "clerk",
    ("/desk/keying/form/<code>", "GET"): "clerk",
    ("/desk/keying/form/<code>", "POST"): "clerk",
    ("/desk/keying/last", "GET"): "clerk",
    ("/desk/keying/differences/<int:keying_id>", "GET"): "supervisor organiser",
    ("/desk/keying/differences/<int:keying_id>", "POST"): "supervisor organiser",
    ("/desk/hangers", "GET"): f"clerk {READERS}",
    **{(f"/desk/hangers/{what}", method): f"clerk {READERS}" for what in ("hand-out", "take-back", "spoiled", "lost", "found")
       for method in ("GET", "POST")},
    ("/openrosa/formList", "GET"): "volunteer clerk",
    ("/openrosa/forms/<path:key>.xml", "GET"): "volunteer clerk",
    ("/openrosa/forms/<path:key>/manifest", "GET"): "volunteer clerk",
    ("/openrosa/forms/<path:key>/media/<name>", "GET"): "volunteer clerk",
    ("/openrosa/submission", "GET"): "volunteer clerk",
    ("/openrosa/submission", "POST"): "volunteer clerk",
}
# Pages for devices ask for no CSRF token: they take no cookie, only credentials that every request carries, and a browser
# never adds those for another site. test_openrosa_refusals says that a cookie signs no device in.
# The app's own pages answer in JSON, also whoever may not: see below, and test_phone_sync.
DEVICE, APP = "/openrosa/", "/v/app/"
POSTS = [rule for rule, method in ROUTES if method != "GET" and not rule.startswith((DEVICE, APP))]


def test_the_routes_are_these_and_each_names_its_roles(app):
    found = {(rule.rule, method): " ".join(app.view_functions[rule.endpoint].roles)
             for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert found == ROUTES


def test_a_route_without_a_role_stops_the_program(app):
    app.view_functions["front.home"].roles = ()
    try:
        with pytest.raises(RouteWithoutRole):
            access.guard(app)
    finally:
        app.view_functions["front.home"].roles = (access.PUBLIC,)


def test_an_unknown_role_stops_the_program():
    with pytest.raises(RouteWithoutRole):
        Pages("x", __name__).page("/x", roles="mayor")


@pytest.mark.parametrize("rule", POSTS)
def test_everything_but_get_needs_a_token(app, alice, carol, bob, sue, oscar, wang_household, rule):
    phone, roles = Respondent(app), ROUTES[rule, "POST"].split()
    person = next((each for each in (alice, carol, bob, sue, oscar) if each.user.role in roles), None)
    if person:
        phone.sign_in(person)
    path = re.sub("<int:[^>]+>", "1", rule.replace("<code>", wang_household.code))
    page = phone.post(path, {"q-rooms": "3"}, follow=False)
    if page.status == 404 and path != rule:  # a row that is not there, looked for before it could be shown again
        return
    assert page.status == 400 and ("再按一次" in page.text)


@pytest.mark.parametrize("rule, method", [each for each in ROUTES if {"lead", "clerk"} & {*ROUTES[each].split()}
                                          and not each[0].startswith((DEVICE, APP))])
def test_staff_pages_send_strangers_to_sign_in(app, wang_household, rule, method):
    page = getattr(Respondent(app), "open" if method == "GET" else "post")
    path = re.sub("<int:[^>]+>", "1", rule.replace("<code>", wang_household.code))
    answer = page(path, follow=False) if method == "GET" else page(path, {}, follow=False)
    assert answer.status == 303 and answer.response.headers["Location"] == "/sign-in"


@pytest.mark.parametrize("rule, method", [each for each in ROUTES if each[0].startswith(APP)])
def test_the_app_is_told_in_json_that_nobody_is_signed_in_and_needs_a_token(app, alice, rule, method):
    phone = Respondent(app)
    path = rule.replace("<digest>", "0" * 32).replace("<item>", "0" * 32).replace("<name>", "a.jpg")

    def ask():
        return (phone.open(path, follow=False) if method == "GET" else phone.post(path, {}, follow=False)).response
    assert ask().status_code == 401 and ask().get_json()["status"] == "expired"
    if method == "POST":
        phone.sign_in(alice)
        assert ask().status_code == 400 and ask().get_json()["csrf"]


@pytest.mark.parametrize("rule, method", [each for each in ROUTES if each[0].startswith(DEVICE)])
def test_pages_for_devices_ask_every_request_for_credentials_whatever_its_cookies(app, alice, rule, method):
    phone = Respondent(app)
    phone.sign_in(alice)
    path = rule.replace("<path:key>", "housing-census").replace("<name>", "doors.csv")
    answer = phone.open(path, follow=False) if method == "GET" else phone.post(path, {}, follow=False)
    assert answer.status == 401 and "Digest" in str(answer.response.headers.getlist("WWW-Authenticate"))
