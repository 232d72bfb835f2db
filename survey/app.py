"""The web site, put together."""
from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from campaigns import clock, tally
from campaigns.codes import symbols
from campaigns.installation import Installation
from survey import access, desk, doors, errors, front, headers, language, numbers, sessions, sign_in, static_files
from survey.openrosa.pages import pages as openrosa
from survey.openrosa.uploads import UploadRequest
from survey.phones.pages import pages as phones
from survey.resident.pages import pages as resident
from survey.tables import cards
from survey.volunteer.lead import pages as lead
from survey.volunteer.own_tally import pages as volunteer
from survey.volunteer.shell import pages as shell

SESSION_COOKIE = "survey_session"


class Survey(Flask):
    """The Flask application, which knows its installation."""

    request_class = UploadRequest

    installation: Installation

    def ensure_sync(self, func: Callable) -> Callable:
        """No page here is a coroutine; Flask would look nine times a request."""
        return func


def create_app(installation: Installation) -> Survey:
    """The site of `installation`. Opens the store (and brings its schema up to date)."""
    app = Survey(__name__)
    app.installation = installation
    settings = installation.settings
    app.config.update(
        SECRET_KEY=installation.server.derive("session"), SESSION_COOKIE_NAME=SESSION_COOKIE, SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings.public_url.startswith("https"),
        MAX_CONTENT_LENGTH=settings.max_body, MAX_FORM_MEMORY_SIZE=settings.max_body,
        SEND_FILE_MAX_AGE_DEFAULT=3600)
    app.url_map.converters["int"] = numbers.RowNumber
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters["cards"] = cards
    app.jinja_env.globals.update(
        as_said=clock.as_said, day_as_said=clock.day_as_said, yuan=tally.yuan, grouped=symbols.grouped,
        only_campaign=doors.only_campaign, static=static_files.one, kept=static_files.address)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)
    for pages in (front.pages, resident, shell, volunteer, lead, desk.pages, phones, sign_in.pages, openrosa):
        app.register_blueprint(pages)
    sessions.use(app)
    language.use(app)
    errors.use(app)
    access.guard(app)
    headers.use(app)
    settings.attachments.mkdir(parents=True, exist_ok=True, mode=0o700)  # large uploads go there while they arrive
    installation.store  # noqa: B018  opened before the server forks, so that a wrong address is told at the start
    return app
