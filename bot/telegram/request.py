"""HTTP for python-telegram-bot by aiohttp: its own httpx pool scans every request and falls off a cliff under load.

No message of an error here carries the address, since the token is a part of it.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

import aiohttp
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json, to_json
from telegram._utils.types import ODVInput
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData
from typing_extensions import override

Json = dict[str, Any]
OK = b'{"ok":true'
"""Only what begins like this says that the call was made; a page of a proxy does not."""
UNREAD = ("answerCallbackQuery", "editMessageText", "editMessageReplyMarkup")
"""Methods whose result nobody reads: it is not parsed (a message takes as long as the whole edit)."""
JSON = {"Content-Type": "application/json"}


NO_TOKEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
"""What Telegram says to a token that is none."""
Heard = Callable[[bool], None]
"""Is told after each request whether Telegram answered, and knows us."""


def unheeded(answered: bool) -> None:
    """Nobody wants to know."""


class Parameters(BaseModel):
    """What a refusal may ask for."""

    retry_after: Annotated[int, Field(strict=True, ge=0)] = 0
    migrate_to_chat_id: Annotated[int, Field(strict=True)] = 0


class Refusal(BaseModel):
    """How Telegram says no."""

    ok: Literal[False]
    error_code: Annotated[int, Field(strict=True)]
    description: Annotated[str, Field(strict=True)]
    parameters: Parameters = Parameters()


class AiohttpRequest(BaseRequest):
    """One aiohttp session; `seconds` limits a whole request."""

    def __init__(self, *, connections: int, seconds: float, heard: Heard = unheeded) -> None:
        self._connections, self._heard = connections, heard
        self._seconds = seconds
        self._http: aiohttp.ClientSession | None = None

    @property
    @override
    def read_timeout(self) -> float:
        return self._seconds

    @override
    async def initialize(self) -> None:
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    @override
    async def shutdown(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    @staticmethod
    @override
    def parse_json_payload(payload: bytes) -> Json:
        """An answer; what is none is told without a word of it."""
        try:
            answer = from_json(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer

    async def call(self, url: str, parameters: Json, seconds: float | None = None) -> Any:
        """A method of the Bot API, by name: its result as JSON, or True where nobody reads it. Raises TelegramError."""
        status, body = await self._exchange("POST", url, to_json(parameters), JSON, seconds or self._seconds)
        if status != HTTPStatus.OK:
            raise refused(Refusal.model_validate_json(body))
        return True if url.endswith(UNREAD) else self.parse_json_payload(body).get("result")

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request of the library's own; the status and the body. Raises TelegramError."""
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._seconds
        return await self._exchange(method, url, _body(request_data), _headers(request_data), seconds)

    async def _exchange(
        self,
        method: str,
        url: str,
        data: bytes | aiohttp.FormData | None,
        headers: Mapping[str, str] | None,
        seconds: float,
    ) -> tuple[int, bytes]:
        """The status and the body of what is Telegram's own answer. Raises TimedOut, NetworkError or BadRequest."""
        if self._http is None:
            raise NetworkError("not initialised")
        timeout = aiohttp.ClientTimeout(total=seconds + 5 if seconds > self._seconds else self._seconds)
        try:
            async with self._http.request(method, url, data=data, headers=headers, timeout=timeout) as response:
                body = await response.read()  # else the connection could not be used again
                _refuse_others_words(response.status, body)
        except (TimeoutError, NetworkError, aiohttp.ClientError, OSError, ValueError) as error:
            self._heard(isinstance(error, BadRequest))
            raise _out_of_reach(error) from None
        self._heard(response.status not in NO_TOKEN)
        return response.status, body


def _out_of_reach(error: Exception) -> TelegramError:
    """What kept us from Telegram, as the library's error; BadRequest is one of its network's, and stays what it is."""
    match error:
        case TelegramError():
            return error
        case TimeoutError():
            return TimedOut()
        case _:
            return NetworkError(type(error).__name__)


def refused(refusal: Refusal) -> TelegramError:
    """A refusal as the library's error, as its own requests raise it."""
    said, wishes = refusal.description, refusal.parameters
    if wishes.migrate_to_chat_id:
        return ChatMigrated(wishes.migrate_to_chat_id)
    if wishes.retry_after:
        return RetryAfter(wishes.retry_after)
    match refusal.error_code:
        case HTTPStatus.FORBIDDEN:
            return Forbidden(said)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.NOT_FOUND:
            return InvalidToken(said)
        case HTTPStatus.BAD_REQUEST:
            return BadRequest(said)
        case HTTPStatus.CONFLICT:
            return Conflict(said)
        case code:
            return NetworkError(f"{said} ({code})")


def _refuse_others_words(status: int, body: bytes) -> None:
    """Whatever does not look like Telegram's own answer (a page of a proxy, of a hotel) is trouble of the network.

    Raises NetworkError, or BadRequest for what is too large to be taken, by whomever.
    """
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise BadRequest("Request Entity Too Large")
    taken = b"".join(body[:64].split()).startswith(OK) if status == HTTPStatus.OK else _is_refusal(status, body)
    if not taken:
        raise NetworkError(f"HTTP {status}, and not in Telegram's words")


def _is_refusal(status: int, body: bytes) -> bool:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False  # trouble of theirs, in whatever words
    try:
        Refusal.model_validate_json(body)
    except ValidationError:
        return False
    return True


def _headers(data: RequestData | None) -> dict[str, str] | None:
    return None if data is None or data.contains_files else JSON


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return to_json(data.parameters)
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, part in (data.multipart_data or {}).items():
        filename, content, kind = part
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
