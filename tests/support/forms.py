"""Pages as a browser without JavaScript uses them: forms read from the page, filled in, and sent with a button."""

from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Button:
    """A button by its words, and where it sends its form instead, if it says so."""

    words: str
    name: str
    value: str
    action: str
    form: str


@dataclass
class Form:
    """A form as it stands on the page: what it would send, and where."""

    id: str
    action: str
    values: dict[str, str] = field(default_factory=dict)


# Elements whose words run on with those around them; every other begins a line of its own.
_INLINE = frozenset({"a", "b", "bdi", "cite", "q", "span", "time"})


class Page(HTMLParser):
    """A page as a person without JavaScript has it before them.

    `text` is what can be read, white space folded; `facts` are the attributes of `main`; `controls` the
    attributes of every field by its name.
    """

    def __init__(self, response: TestResponse, path: str) -> None:
        super().__init__()
        self.status, self.path = response.status_code, path
        self.forms: list[Form] = []
        self.buttons: list[Button] = []
        self.facts: dict[str, str] = {}
        self.controls: dict[str, dict[str, str]] = {}
        self.links: dict[str, str] = {}
        self._words: list[str] = []
        self._collecting: list[tuple[str, dict[str, str], list[str]]] = []
        self._select = ""
        self._form: Form | None = None
        self.html = response.get_data(as_text=True)
        self.feed(self.html)
        self.close()
        self.text = " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up forms, fields, buttons and links."""
        given = {name: value or "" for name, value in attrs}
        if tag not in _INLINE:
            self._words.append(" ")
        if tag == "main":
            self.facts = given
        elif tag == "form":
            self._form = Form(given.get("id", ""), given["action"])
            self.forms.append(self._form)
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self.controls[given["name"]] = given
            self._select = given["name"]
            self._keep(given["name"], "")
        elif tag == "option" and "selected" in given:
            self._keep(self._select, given["value"])
        if tag in {"button", "a", "textarea"}:
            self._collecting.append((tag, given, []))

    def _input(self, given: dict[str, str]) -> None:
        name = given.get("name", "")
        self.controls[name] = given
        if given.get("type") != "checkbox" or "checked" in given:
            self._keep(name, given.get("value", ""))

    def _keep(self, name: str, value: str) -> None:
        if self._form is not None and name:
            self._form.values[name] = value

    def handle_endtag(self, tag: str) -> None:
        """Close what was collected."""
        if tag not in _INLINE:
            self._words.append(" ")
        if tag == "form":
            self._form = None
        if self._collecting and self._collecting[-1][0] == tag:
            _, given, parts = self._collecting.pop()
            words = "".join(parts)
            if tag == "textarea":
                self.controls[given["name"]] = given
                self._keep(given["name"], words.removeprefix("\r").removeprefix("\n"))
            elif tag == "a":
                self.links[" ".join(words.split())] = given.get("href", "")
            else:
                owner = given.get("form") or (self._form.id or self._form.action if self._form else "")
                self.buttons.append(
                    Button(
                        " ".join(words.split()),
                        given.get("name", ""),
                        given.get("value", ""),
                        given.get("formaction", ""),
                        owner,
                    )
                )

    def handle_data(self, data: str) -> None:
        """Collect what can be read."""
        for _, _, parts in self._collecting:
            parts.append(data)
        if not any(tag == "textarea" for tag, _, _ in self._collecting):
            self._words.append(data)

    def button(self, words: str) -> Button:
        """Return the first button with these words; raise AssertionError when there is none."""
        for button in self.buttons:
            if button.words == words:
                return button
        raise AssertionError(f"no button {words!r} among {[button.words for button in self.buttons]}")

    def value(self, name: str) -> str | None:
        """Return what a field holds, in the first form that has it."""
        return next((form.values[name] for form in self.forms if name in form.values), None)


class Visitor:
    """Somebody at a browser without JavaScript: one set of cookies, one page at a time.

    Each request runs in a context of its own, as on a server; otherwise what the application keeps for
    one request would be found again in the next.
    """

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: Page | None = None

    @property
    def at(self) -> Page:
        """The page before the visitor."""
        assert self.page is not None
        return self.page

    def request(self, method: str, path: str, **given: Any) -> TestResponse:
        """Send one request, following nothing."""
        response: TestResponse = Context().run(self.client.open, path, method=method, **given)
        return response

    def get(self, path: str, **query: Any) -> Page:
        """Go to an address."""
        return self._arrive(self.request("GET", path, query_string=query or None), path)

    def press(self, words: str, values: Mapping[str, str] | None = None, **more: str) -> Page:
        """Fill in fields of the button's form, press the button, and follow where the answer leads."""
        return self._arrive(self.send(words, values, **more), self._target(words))

    def send(self, words: str, values: Mapping[str, str] | None = None, **more: str) -> TestResponse:
        """Press a button like `press`, but stop at the answer itself."""
        button, form = self._pressed(words)
        data = {**form.values, **(values or {}), **more}
        if button.name:
            data[button.name] = button.value
        return self.post(button.action or form.action, data)

    def post(self, path: str, data: Mapping[str, str], site: str = "same-origin") -> TestResponse:
        """Send a form as a browser does that says where it comes from."""
        return self.request("POST", path, data=dict(data), headers={"Sec-Fetch-Site": site})

    def follow(self, words: str) -> Page:
        """Follow the link with these words."""
        return self.get(urljoin(self.at.path, self.at.links[words]))

    def _pressed(self, words: str) -> tuple[Button, Form]:
        button = self.at.button(words)
        form = next(form for form in self.at.forms if button.form in {form.id, form.action})
        return button, form

    def _target(self, words: str) -> str:
        button, form = self._pressed(words)
        return button.action or form.action

    def _arrive(self, response: TestResponse, path: str) -> Page:
        while response.status_code in {301, 302, 303}:
            target = urlsplit(urljoin(path, response.headers["Location"]))
            path = f"{target.path}?{target.query}" if target.query else target.path
            response = self.request("GET", path)
        self.page = Page(response, path)
        return self.page

    @classmethod
    def new(cls, app: Any) -> Self:
        """Return a visitor with cookies of their own."""
        return cls(app.test_client())
