"""Badge and PIN: who gets in, where they land, what guesses cost, and how a session ends."""
from datetime import timedelta

import pytest
import time_machine
from flask import Response, session
from flask.sessions import SecureCookieSessionInterface

from campaigns import clock, people, reader_ticket
from campaigns.audit import COMMAND_LINE
from campaigns.codes import symbols
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.throttle import PER_BADGE
from survey.access import SESSION_SECONDS
from survey.app import create_app
from tests import cast
from tests.respondent import Respondent


def wrong_pin(new):
    return f"{(int(new.pin) + 1) % 1_000_000:06d}"


def reader_cookie(page):
    cookie = page.client.get_cookie("survey_reader")
    return cookie and cookie.value


@pytest.mark.parametrize("role, home", [("volunteer", "/v/"), ("clerk", "/v/plain"), ("lead", "/lead/"), ("supervisor", "/lead/"),
                                        ("organiser", "/lead/")])
def test_every_role_signs_in_and_lands_on_its_own_page(resident, installation, campaign, role, home):
    assert resident.sign_in(cast.person(installation, campaign, role, "某某")).url == home


@time_machine.travel("2026-03-10T04:00:00Z", tick=False)
def test_the_session_cookie_and_its_headers_are_those_that_flask_would_send(app):
    for vary, values in (("Accept-Encoding, Cookie", {"user": [1, 2, 3]}), ("", {"user": [1, 2, 3], "csrf_token": "ab"}), ("", {})):
        with app.test_request_context("/"):
            session.update(values)
            ours, flasks = Response(headers={"Vary": vary}), Response(headers={"Vary": vary})
            app.session_interface.save_session(app, session._get_current_object(), ours)
            SecureCookieSessionInterface.save_session(app.session_interface, app, session._get_current_object(), flasks)
            assert list(ours.headers) == list(flasks.headers)


@pytest.mark.parametrize("rule", ["/b/", "/B/"])
def test_a_scanned_badge_asks_only_for_the_pin(resident, alice, rule):
    page = resident.open(rule + alice.badge)
    assert not page.page.xpath("//input[@id='badge']")
    assert page.send(pin=alice.pin).url == "/v/"


def test_the_pin_page_of_a_badge_says_whose_campaign_it_is(resident, campaign, alice):
    assert campaign.title.zh in resident.open(f"/b/{alice.badge}").text


def test_a_wrong_pin_is_told_beside_the_field_and_the_badge_stays(resident, alice):
    page = resident.open(f"/b/{alice.badge}").send(pin=wrong_pin(alice))
    assert page.status == 403 and page.page.get_element_by_id("pin").get("aria-invalid") == "true"
    assert symbols.read(page.value("badge")) == alice.badge
    assert page.value("pin") in (None, "")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef"])
def test_a_pin_that_is_not_six_digits_is_told_so_and_is_no_guess(resident, alice, pin):
    for _ in range(PER_BADGE + 1):
        assert resident.open("/sign-in").send(badge=alice.badge, pin=pin).status == 422
    assert resident.sign_in(alice).url == "/v/"


def test_a_mistyped_badge_is_told_beside_its_field(resident, campaign):
    page = resident.open("/sign-in").send(badge="ABCD", pin="123456")
    assert page.status == 422 and page.page.get_element_by_id("badge").get("aria-invalid") == "true"


def test_five_wrong_pins_make_a_badge_wait_from_any_address(app, alice):
    for number in range(PER_BADGE):
        Respondent(app, address=f"192.0.2.{number}").sign_in(alice, wrong_pin(alice))
    assert Respondent(app, address="192.0.2.99").sign_in(alice).status == 429


def test_a_household_code_is_no_badge(resident, wang_household):
    assert resident.open(f"/b/{wang_household.code}").url == f"/h/{wang_household.code}"
    assert resident.open("/sign-in").send(badge=wang_household.code, pin="123456").status == 403


def test_an_unknown_badge_counts_as_a_guess(resident, campaign):
    for number in range(20):
        assert resident.open(f"/b/{symbols.write(5_000 + number)}").status == 404
    assert resident.open(f"/b/{symbols.write(9_999)}").status == 429


def test_a_stale_sign_in_page_asks_once_more_without_repeating_the_pin(resident, alice):
    page = resident.post("/sign-in", {"badge": alice.badge, "pin": alice.pin})
    assert page.status == 400 and page.value("badge") == alice.badge
    assert alice.pin not in page.response.get_data(as_text=True)


def test_whoever_is_not_signed_in_goes_to_sign_in_and_then_where_they_wanted_to(resident, alice, wang_household):
    page = resident.open(f"/v/door/{wang_household.code}")
    assert page.url == "/sign-in"
    assert page.send(badge=alice.badge, pin=alice.pin).url == f"/v/door/{wang_household.code}"


def test_a_volunteer_does_not_open_a_leads_pages_nor_a_lead_a_volunteers(app, alice, bob):
    assert Respondent(app).sign_in(alice).open("/lead/team").status == 403
    assert Respondent(app).sign_in(bob).open("/v/plain").status == 403


def test_signing_out_ends_the_session_and_the_reading(resident, bob):
    resident.sign_in(bob).send(action_end="/sign-out")
    assert reader_cookie(resident) is None
    assert resident.open("/lead/").url == "/sign-in"


def test_a_revoked_badge_ends_the_session_at_once(resident, installation, alice):
    resident.sign_in(alice)
    with installation.store.write() as connection:
        people.revoke(connection, alice.user, clock.now(), COMMAND_LINE)
    assert resident.open("/v/plain").url == "/sign-in"


def test_a_session_ends_after_twelve_hours(resident, alice):
    resident.sign_in(alice)
    with time_machine.travel(clock.now() + timedelta(seconds=SESSION_SECONDS + 1), tick=False):
        assert resident.open("/v/plain").url == "/sign-in"


def test_a_lead_gets_a_ticket_for_the_progress_pages_of_the_own_campaign(resident, installation, campaign, bob):
    ticket = reader_ticket.check(installation.server, reader_cookie(resident.sign_in(bob)))
    assert (ticket["user"], ticket["role"], ticket["campaign"]) == (bob.user.id, "lead", campaign.slug)


@pytest.mark.parametrize("role", ["volunteer", "clerk"])
def test_who_collects_gets_no_ticket_for_the_progress_pages(resident, installation, campaign, role):
    assert reader_cookie(resident.sign_in(cast.person(installation, campaign, role, "某某"))) is None


def test_a_volunteer_on_the_leads_browser_does_not_keep_the_leads_ticket(resident, alice, bob):
    assert reader_cookie(resident.sign_in(bob))
    assert reader_cookie(resident.sign_in(alice)) is None


def test_a_ticket_is_good_for_twelve_hours(installation, campaign, bob):
    at = clock.now()
    token = reader_ticket.issue(installation.server, bob.user, campaign.slug, at)
    assert reader_ticket.check(installation.server, token, at + timedelta(hours=11, minutes=59))
    assert reader_ticket.check(installation.server, token, at + timedelta(hours=12)) is None


@pytest.mark.parametrize("spoil", [lambda token: token[:-1], lambda token: "x" + token, lambda token: "", lambda token: None])
def test_a_spoilt_ticket_is_none(installation, campaign, bob, spoil):
    token = reader_ticket.issue(installation.server, bob.user, campaign.slug, clock.now())
    assert reader_ticket.check(installation.server, spoil(token)) is None


def test_cookies_are_for_this_site_and_not_for_scripts(resident, bob):
    resident.sign_in(bob)
    for name in ("survey_session", "survey_reader"):
        cookie = resident.client.get_cookie(name)
        assert cookie.http_only and cookie.same_site == "Lax" and not cookie.secure


def test_cookies_are_secure_when_the_public_address_is_https(tmp_path):
    app = create_app(Installation(Settings(home=tmp_path / "i", public_url="https://survey.example.cn")))
    assert app.config["SESSION_COOKIE_SECURE"] is True
