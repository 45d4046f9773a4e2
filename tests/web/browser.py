"""A browser without scripts, over real HTTP: it keeps cookies, reads what stands there, and sends forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass
class Button:
    """A button of a form, or a link."""

    label: str = ""
    name: str = ""
    value: str = ""
    href: str = ""
    form: int = -1


@dataclass
class Form:
    """A form with what stands in it."""

    action: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class Shown(HTMLParser):
    """What a page says and offers."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.forms: list[Form] = []
        self.buttons: list[Button] = []
        self._open: Button | None = None
        self._silent = 0
        self._away: dict[str, str] = {}
        self.feed(html)
        for form in self.forms:
            form.fields |= self._away if form.id == "typing" else {}

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"], id=given.get("id", "")))
        elif tag in ("input", "textarea", "select") and self.forms and "name" in given:
            own = self._away if "form" in given else self.forms[-1].fields
            own[given["name"]] = given.get("value", "")
        elif tag == "button":
            self._open = Button(name=given.get("name", ""), value=given.get("value", ""), form=len(self.forms) - 1)
        elif tag == "a":
            self._open = Button(href=given.get("href", ""))
        elif tag in ("title", "script", "style"):
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("button", "a") and self._open:
            self.buttons.append(self._open)
            self._open = None
        elif tag in ("title", "script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        said = data.strip()
        if not said or self._silent:
            return
        if self._open:
            self._open.label = f"{self._open.label} {said}".strip()
        self.texts.append(said)


class Browser:
    """One person's; `scripted`: it asks as our script does, for the new card alone."""

    def __init__(self, url: str, *, language: str = "zh-CN", scripted: bool = False) -> None:
        headers = {"accept-language": language}
        how = {"follow_redirects": True, "timeout": 20, "verify": False}  # no certificates, and they take long to read
        self.client = httpx.AsyncClient(base_url=url, headers=headers, **how)  # type: ignore[arg-type]
        self._extra = {"x-shuping": "1"} if scripted else {}
        self.answer: httpx.Response
        self.page: Shown

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def token(self) -> str:
        """What its cookie says."""
        return str(self.client.cookies["shuping"])

    async def open(self, path: str = "/") -> "Browser":
        return await self._take(await self.client.get(path))

    async def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> "Browser":
        return await self._take(await self.client.post(path, data=fields, headers={**self._extra, **(headers or {})}))

    async def _take(self, answer: httpx.Response) -> "Browser":
        if place := answer.headers.get("x-go"):
            return await self.open(place)
        self.answer, self.page = answer, Shown(answer.text)
        return self

    def has(self, label: str) -> bool:
        return any(label in button.label for button in self.page.buttons)

    def filled(self, label: str, **typed: str) -> tuple[str, dict[str, str]]:
        """Where a button's form goes, and what it says."""
        button = self._button(label)
        form = self.page.forms[button.form]
        own = {button.name: button.value} if button.name else {}
        return form.action, {**form.fields, **typed, **own}

    def _button(self, label: str) -> Button:
        exact = [button for button in self.page.buttons if button.label.strip() == label]
        found = exact or [button for button in self.page.buttons if label in button.label]
        assert found, f"no {label!r} among {[button.label for button in self.page.buttons]}"
        return found[0]

    async def press(self, label: str, **typed: str) -> "Browser":
        """A button, or a link."""
        button = self._button(label)
        return await self.open(button.href) if button.href else await self.post(*self.filled(label, **typed))

    async def say(self, text: str) -> "Browser":
        """A text, typed below the card."""
        form = next(form for form in self.page.forms if "text" in form.fields)
        return await self.post(form.action, {**form.fields, "text": text})
