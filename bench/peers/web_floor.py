"""A bare page on our server: for each tap one row, synced, and one Jinja template of the same size, packed."""

import asyncio
import sys
from pathlib import Path
from string import ascii_uppercase

import aiosqlite
from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.http.server import PageConnection, served
from scoring.editions import load_rubric

TEMPLATE = """
<header>{% for word in menu %}<a href="/d/{{ word }}">{{ word }}</a>{% endfor %}</header>
<main><form method="post" action="/say"><input type="hidden" name="form" value="{{ form }}">
<h1>{{ title }}</h1>
{% for one in choices %}
<button class="way choice" name="do" value="{{ one.data }}"><b>{{ one.key }}</b> <span>{{ one.label }}</span></button>
{% endfor %}
{{ help|safe }}
</form></main>
"""
LINE = "已经用上工控网的车间，设备能不能“互相说话”？"
STANDARD = "".join(scenario.name + "".join(scenario.levels) for scenario in load_rubric("miit-2024").scenarios)
"""Packs as well as what our pages say."""
BUTTONS, WORDS = 19, 10
"""As many as on our cards."""
WRITE = "INSERT INTO taps (said) VALUES (?)"


async def main(file: Path, address: str, size: int) -> None:
    """Serve pages of so many bytes, until told to stop."""
    environment = Environment(loader=DictLoader({"card.html": TEMPLATE}), autoescape=True, auto_reload=False)
    template = environment.get_template("card.html")
    choices = [{"data": f"414f098f|7|q1|a{key}", "key": key, "label": LINE} for key in ascii_uppercase[:BUTTONS]]
    shown = {"form": "0" * 49, "title": LINE, "choices": choices, "menu": [LINE[:4]] * WORDS, "help": ""}
    missing = max(0, size - len(template.render(shown).encode()))
    shown["help"] = STANDARD.encode()[:missing].decode(errors="ignore")

    async with aiosqlite.connect(file, isolation_level=None) as database:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE taps (said TEXT)"):
            await database.execute(statement)

        async def card(_: Request) -> Response:
            return HTMLResponse(template.render(shown))

        async def say(request: Request) -> Response:
            await database.execute(WRITE, ((await request.body()).decode(),))
            return HTMLResponse(template.render(shown))

        routes = [Route("/", card), Route("/say", say, methods=["POST"])]
        app = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware)])
        async with served(app, address, PageConnection, ["127.0.0.1"]):
            await asyncio.Event().wait()


if __name__ == "__main__":
    from bot.serving.run import _quick_loop

    with asyncio.Runner(loop_factory=_quick_loop()) as runner:
        runner.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
