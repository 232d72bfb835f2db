"""A person at a browser, played by Flask's test client: follows links and sends forms with what the page holds."""
from __future__ import annotations

from collections.abc import Iterable

from lxml import html
from werkzeug.datastructures import MultiDict

Fields = Iterable[tuple[str, str]]


class Respondent:
    """Opens pages and sends their forms. `status`, `text` and `page` are of the last answer."""

    def __init__(self, app, language: str = "zh-CN", address: str = "127.0.0.1", **environment: object):
        self.client = app.test_client()
        self._environment = {"HTTP_ACCEPT_LANGUAGE": language, "REMOTE_ADDR": address, **environment}
        self.response = None
        self.url = ""

    def open(self, path: str, follow: bool = True) -> Respondent:
        return self._took(self.client.get(path, environ_base=self._environment, follow_redirects=follow), path)

    def post(self, path: str, data: dict | list, follow: bool = True) -> Respondent:
        return self._took(self.client.post(path, data=MultiDict(data), environ_base=self._environment, follow_redirects=follow), path)

    def _took(self, response, path: str) -> Respondent:
        self.response = response
        self.url = response.request.path if response.history else path
        return self

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a person reads on the page."""
        main = self.page.find(".//body")
        for hidden in main.xpath(".//template | .//script"):
            hidden.drop_tree()
        return " ".join(main.text_content().split())

    @property
    def page(self) -> html.HtmlElement:
        return html.fromstring(self.response.get_data(as_text=True))

    def form(self, action_end: str = "") -> html.FormElement:
        """The page's form (whose action ends in `action_end`)."""
        return next(form for form in self.page.forms if (form.action or "").endswith(action_end) and form.method == "POST")

    def hidden(self, action_end: str = "") -> dict[str, str]:
        """The hidden fields of the form: token, instance ..."""
        return {field.name: field.value for field in self.form(action_end).xpath(".//input[@type='hidden']")}

    def value(self, name: str) -> str | None:
        """What stands in a field of the page."""
        field = self.page.xpath(f"//*[@name='{name}']")
        return field[0].value if field else None

    def send(self, fields: Fields = (), action_end: str = "", follow: bool = True, **more: str) -> Respondent:
        """Send the page's form with `fields` and what the page itself holds hidden, as its send button would."""
        form = self.form(action_end)
        data: dict[str, list[str]] = {}
        for name, value in [*self.hidden(action_end).items(), *fields, *more.items()]:
            data.setdefault(name, []).append(value)
        return self.post(form.action or self.url, data, follow)

    def sign_in(self, new, pin: str | None = None) -> Respondent:
        """Sign in with the badge and PIN of a new user."""
        return self.open("/sign-in").send(badge=new.badge, pin=pin or new.pin, action_end="/sign-in")
