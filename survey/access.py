"""Who may open which page: the one place where it is decided.

Every route is added by `Pages.page`, which names the roles; a route without one stops the program at the start.
Pages for devices (`Pages(..., signed_by=...)`) take no cookie at all: a function reads the credentials that every request
carries. As a browser never adds those by itself, no other site can make it send a form there, and no CSRF token is asked.
The same table says what a person sees whose form arrives without a good CSRF token (`again`): never a bare 400.
"""
from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response

from campaigns import clock, people
from forms.language import Refusal

PUBLIC = "public"
RESIDENT_BY_CODE = "resident-by-code"
VOLUNTEER, CLERK, BUILDING_HEAD = "volunteer", "clerk", "building_head"
LEAD, SUPERVISOR, ORGANISER = "lead", "supervisor", "organiser"
ROLES = (PUBLIC, RESIDENT_BY_CODE, VOLUNTEER, CLERK, BUILDING_HEAD, LEAD, SUPERVISOR, ORGANISER)
COLLECTORS = (VOLUNTEER, CLERK)
PHONES = (*COLLECTORS, BUILDING_HEAD)
"""Who works with the app of `/v/`. A building head reports, and sees and takes no household's answers."""
READERS = (LEAD, SUPERVISOR, ORGANISER)
STAFF = (*PHONES, *READERS)

SESSION_SECONDS = 12 * 3600

csrf = CSRFProtect()


class NotYours(Refusal):
    """The page is for people of another role."""

    status = 403

    def __init__(self):
        super().__init__("这个页面不是给您的角色用的。请回到首页，或用别的工牌登录。",
                         "This page is not for your role. Go back to the start page, or sign in with another badge.")


class Stale(Refusal):
    """A form came without a good token: the page was open for too long, or the browser keeps no cookies."""

    status = 400

    def __init__(self):
        super().__init__("页面打开太久了，这次没有提交成功。请返回上一页，再按一次。",
                         "The page was open for too long, so this was not sent. Go back one page and press the button again.")


class RouteWithoutRole(Exception):
    """A route that nobody decided about."""


class Pages(Blueprint):
    """A blueprint whose routes all name their roles.

    `signed_by()` gives the user of a request from its own headers, in place of the session, and raises if it cannot.
    `unsigned()` answers whoever is not signed in, in place of the way to the sign-in page; None lets the request go on, as
    `g.user`.
    """

    def __init__(self, name: str, import_name: str, *, signed_by: Callable[[], people.User] | None = None,
                 unsigned: Callable[[], Response | None] | None = None, **options: object):
        super().__init__(name, import_name, **options)
        self.signed_by, self.unsigned = signed_by, unsigned

    def page(self, rule: str, *more: str, roles: tuple[str, ...] | str, methods: tuple[str, ...] = ("GET",),
             again: Callable[..., Response] | None = None, files: bool = False) -> Callable:
        """Adds the view at `rule` (and `more` rules) for `roles`.

        `again(**arguments)` answers in its place when the CSRF token is not good. `files`: posts may bring photos and other
        files, so they may be as large as those of a collecting app.
        """
        named = (roles,) if isinstance(roles, str) else tuple(roles)
        unknown = set(named) - set(ROLES)
        if unknown or not named:
            raise RouteWithoutRole(f"{rule}: {unknown}")

        def add(view: Callable) -> Callable:
            view.roles, view.again, view.signed_by, view.files = named, again, self.signed_by, files
            view.unsigned = self.unsigned
            for each in (rule, *more):
                self.add_url_rule(each, view_func=view, methods=methods)
            return view

        return add


def guard(app: Flask) -> None:
    """Check every request of `app` for role and CSRF token; call when all routes are there."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # checked in _enforce, which knows what to show instead
    # Pages send no referrer, because codes are in addresses. The token and SameSite protect without it.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session: some people take an hour to fill a form
    csrf.init_app(app)
    app.view_functions["static"].roles = (PUBLIC,)
    app.view_functions["static"].again = None
    for rule in app.url_map.iter_rules():
        if not getattr(app.view_functions[rule.endpoint], "roles", None):
            raise RouteWithoutRole(rule.rule)
    app.before_request(_enforce)


def _enforce() -> Response | None:
    view = current_app.view_functions.get(request.endpoint)
    if view is None:
        return None  # no such page: becomes a 404
    if getattr(view, "signed_by", None):
        g.user = view.signed_by()
        if g.user.role not in view.roles:
            raise NotYours
        return None
    if not set(view.roles) & {PUBLIC, RESIDENT_BY_CODE}:
        refused = _check_user(view.roles, view.unsigned)
        if refused:
            return refused
    if getattr(view, "files", False) and request.mimetype == "multipart/form-data":
        request.max_content_length = current_app.installation.settings.max_upload
    try:
        csrf.protect()
    except CSRFError:
        if view.again is None:
            raise Stale from None
        return view.again(**request.view_args)
    return None


def _check_user(roles: tuple[str, ...], unsigned: Callable[[], Response | None] | None) -> Response | None:
    g.user = user()
    if g.user is None and unsigned:
        refused = unsigned()
        if refused is not None:
            return refused
    if g.user is None:
        if request.method == "GET":
            session["next"] = request.path
        return redirect(url_for("sign_in.form"), 303)
    if g.user.role not in roles:
        raise NotYours
    return None


def user() -> people.User | None:
    """Who is signed in on this browser; None when nobody is, or when the badge was revoked meanwhile."""
    signed = session.get("user")
    if not signed:
        return None
    user_id, epoch, since = signed
    if clock.now().timestamp() > since + SESSION_SECONDS:
        return None
    with current_app.installation.store.read() as connection:
        return people.still_valid(connection, user_id, epoch)


def begin_session(found: people.User) -> None:
    """Sign `found` in on this browser; nothing of an earlier session stays."""
    session.clear()
    session["user"] = [found.id, found.epoch, int(clock.now().timestamp())]
