"""HTTP for python-telegram-bot by aiohttp: its own httpx pool scans every request and falls off a cliff under load.

No message of an error here carries the address, since the token is a part of it.
"""

import aiohttp
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from typing_extensions import override

DONE = b'{"ok":true,"result":true}'
OK = b'{"ok":true'
"""Only what begins like this says that the call was made; a page of a proxy does not."""
UNREAD = ("editMessageText", "editMessageReplyMarkup")
"""Methods whose result nobody reads: it is not parsed (a message takes as long as the whole edit)."""
GATEWAY = 500
JSON = {"Content-Type": "application/json"}


class AiohttpRequest(BaseRequest):
    """One aiohttp session; `seconds` limits a whole request."""

    def __init__(self, *, connections: int, seconds: float) -> None:
        self._connections = connections
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
        """One request; the status and the body. Raises TimedOut or NetworkError."""
        if self._http is None:
            raise NetworkError("not initialised")
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._seconds
        timeout = aiohttp.ClientTimeout(total=seconds + 5 if seconds > self._seconds else self._seconds)
        try:
            async with self._http.request(
                method,
                url,
                data=_body(request_data),
                headers=_headers(request_data),
                timeout=timeout,
            ) as response:
                if response.status >= GATEWAY:
                    raise NetworkError(f"HTTP {response.status}")  # its body is a page as often as JSON
                body = await response.read()  # else the connection could not be used again
                unread = response.status == 200 and url.endswith(UNREAD) and _says_ok(body)
                return response.status, DONE if unread else body
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(type(error).__name__) from None


def _says_ok(body: bytes) -> bool:
    return b"".join(body[:64].split()).startswith(OK)


def _headers(data: RequestData | None) -> dict[str, str] | None:
    return None if data is None or data.contains_files else JSON


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_payload
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, part in (data.multipart_data or {}).items():
        filename, content, kind = part
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
