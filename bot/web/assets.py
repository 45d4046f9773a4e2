"""Style and script: two files, named by what is in them, so that browsers keep them for ever."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _content(name: str) -> bytes:
    return files("bot.web").joinpath("static", name).read_bytes()


@cache
def _names() -> dict[str, str]:
    """The files by the names under which they are served."""
    found = {}
    for file in files("bot.web").joinpath("static").iterdir():
        stem, _, ending = file.name.rpartition(".")
        if ending in TYPES:
            found[f"{stem}.{sha256(_content(file.name)).hexdigest()[:12]}.{ending}"] = file.name
    return found


def asset_path(name: str) -> str:
    """The address of a file."""
    return next(f"/static/{served}" for served, own in _names().items() if own == name)


async def asset(request: Request) -> Response:
    """One of them."""
    name = _names().get(request.path_params["name"])
    if name is None:
        return PlainTextResponse("", 404)
    kind = TYPES[name.rpartition(".")[2]]
    return Response(_content(name), media_type=kind, headers={"cache-control": FOR_EVER})
