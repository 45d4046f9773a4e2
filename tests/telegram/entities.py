"""Text with entities: Telegram's HTML, what it detects itself, and the trimming it does."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn

from tests.telegram.limits import RAW_TEXT, URL, Json, Params, bad, string, structure, utf16

STYLES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
DIGITS = r"#(?:0*([1-9]\d{0,5})|x0*([1-9a-fA-F][0-9a-fA-F]{0,4}));"
NUMBER = re.compile(f"&{DIGITS}")
LOOSE = re.compile(f"&(?!(?:lt|gt|amp|quot);|{DIGITS})")
SURROGATE = re.compile("[\ud800-\udfff]")
START = re.compile(r"""<([^\s>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>""")
END = re.compile(r"</([^\s>]*)\s*>")
ATTRIBUTE = re.compile(r"""\s+([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]+)(?=\s|$)))?""")
BLANK = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
ODD = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a]")
FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<url>(?i:https?://)[^\s<>\"']+[^\s<>\"'.,;:!?)\]])"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}\b)"
)


@dataclass(slots=True)
class Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int
    begin: int


@dataclass(slots=True)
class Html:
    """Reads one text of Telegram's HTML."""

    source: str
    parts: list[str] = field(default_factory=list)
    offset: int = 0
    stack: list[Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Json]]:
        source, position = self.source, 0
        while (mark := source.find("<", position)) >= 0:
            self._add(position, mark)
            position = self._end(mark) if source.startswith("</", mark) else self._start(mark)
        self._add(position, len(source))
        if self.stack:
            raise parse_error(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.parts), self.entities

    def _add(self, start: int, end: int) -> None:
        """The words between two tags."""
        text = self.source[start:end]
        if "&" in text:
            loose = LOOSE.search(text)
            if loose is not None:
                # the real server lets such an ampersand stand for itself; nobody should count on that
                self._refuse('Unescaped "&"', start + loose.start())
            text = unescaped(text)
        if text:
            self.parts.append(text)
            self.offset += utf16(text)

    def _refuse(self, what: str, position: int, after: str = "") -> NoReturn:
        raise parse_error(f"{what} at byte offset {len(self.source[:position].encode())}{after}")

    def _start(self, position: int) -> int:
        match = START.match(self.source, position)
        if match is None:
            self._refuse("Unclosed start tag", position)
        tag = match[1].lower()
        if tag not in STYLES:
            self._refuse(f'Unsupported start tag "{tag}"', position)
        attributes = self._attributes(tag, match[2], position)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            self._refuse('Tag "span" must have class "tg-spoiler"', position)
        self.stack.append(Open(tag, argument(tag, attributes), self.offset, len(self.parts)))
        return match.end()

    def _attributes(self, tag: str, source: str, position: int) -> dict[str, str]:
        found: dict[str, str] = {}
        at = 0
        source = source.rstrip()
        while at < len(source):
            match = ATTRIBUTE.match(source, at)
            if match is None:
                self._refuse(f'Empty attribute name in the tag "{tag}"', position)
            value = next((group for group in match.groups()[1:] if group is not None), "")
            found[match[1]] = unescaped(value)
            at = match.end()
        return found

    def _end(self, position: int) -> int:
        if not self.stack:
            self._refuse("Unexpected end tag", position)
        match = END.match(self.source, position)
        if match is None:
            self._refuse("Unclosed end tag", position)
        opened = self.stack.pop()
        if match[1].lower() != opened.tag:
            self._refuse("Unmatched end tag", position, f', expected "</{opened.tag}>", found "</{match[1].lower()}>"')
        if self.offset > opened.offset:
            self._close(opened)
        return match.end()

    def _close(self, opened: Open) -> None:
        place = {"offset": opened.offset, "length": self.offset - opened.offset}
        entity: Json = {**place, "type": STYLES[opened.tag]}
        last = self.entities[-1] if self.entities else {}
        twin = {last.get("type"), opened.tag} == {"code", "pre"} and place.items() <= last.items()
        if twin:
            language = last.get("language") or opened.argument
            self.entities.pop()
            entity = {**place, "type": "pre", **({"language": language} if language else {})}
        elif opened.tag == "a":
            url = opened.argument or "".join(self.parts[opened.begin :])
            if not URL.fullmatch(url):
                return  # as the real server does: the words stay, the link goes
            entity["url"] = url
        elif opened.tag == "code" and opened.argument:
            entity["language"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        self.entities.append(entity)


def parse_error(what: str) -> Exception:
    return bad(f"can't parse entities: {what}")


def unescaped(text: str) -> str:
    if "&#" in text:
        text = NUMBER.sub(lambda match: chr(int(match[1]) if match[1] else int(match[2], 16)), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def argument(tag: str, attributes: dict[str, str]) -> str:
    if tag == "code":
        name = attributes.get("class", "")
        return name.removeprefix("language-") if name.startswith("language-") else ""
    if tag == "blockquote":
        return "1" if "expandable" in attributes else ""
    return attributes.get({"a": "href", "tg-emoji": "emoji-id"}.get(tag, ""), "")


@lru_cache(4096)
def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities; ApiError where Telegram (or its documentation) refuses."""
    if "<" not in source and "&" not in source:
        return source, []
    text, entities = Html(source).parse()
    if "&#" in source and SURROGATE.search(text):
        raise parse_error("Text contains invalid Unicode characters after decoding HTML entities")
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities


def detect(text: str) -> list[Json]:
    """Commands, links and mentions, as Telegram marks them by itself."""
    if "/" not in text and "@" not in text:
        return []
    return [
        {"offset": utf16(text[: match.start()]), "length": utf16(match[0]), "type": str(match.lastgroup)}
        for match in FOUND.finditer(text)
    ]


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without blanks at the ends, but for those inside a leading entity."""
    end = text.rstrip()
    first = entities[0]["offset"] if entities else len(end)
    start = min(len(end) - len(end.lstrip(" \n")), first)
    if start == 0 and len(end) == len(text):
        return text, entities
    text = end[start:]
    size = utf16(text)
    moved = []
    for entity in entities:
        offset = entity["offset"] - start
        length = min(entity["length"], size - offset)
        if length > 0:
            moved.append({**entity, "offset": offset, "length": length})
    return text, moved


def formatted(params: Params, name: str, entities_name: str, limit: int, too_long: str) -> tuple[str, list[Json]]:
    """The text (or caption) of a call as people will see it, with its entities."""
    text = string(params, name)
    if SURROGATE.search(text):
        raise bad("strings must be encoded in UTF-8")
    if len(text) * 4 > RAW_TEXT and len(text.encode()) > RAW_TEXT:
        raise bad("text is too long")
    if ODD.search(text):
        text = BLANK.sub(" ", DROPPED.sub("", text))
    mode = string(params, "parse_mode").lower()
    entities: list[Json] = []
    if mode == "html":
        text, entities = parse_html(text)
    elif mode not in ("", "none"):
        raise bad("unsupported parse_mode")
    else:
        entities = _given(structure(params, entities_name, "entities"))
    text, entities = trimmed(text, entities)
    if utf16(text) > limit:
        raise bad(too_long)
    return text, merged(entities, detect(text))


def _given(value: Any) -> list[Json]:
    """The entities parameter; anything but an array counts for nothing, as with the real server."""
    entities = value if isinstance(value, list) else []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        for name, kind in (("offset", int), ("length", int), ("type", str)):
            if not isinstance(entity.get(name), kind):
                raise bad(f"can't parse MessageEntity: Can't find field \"{name}\"")
    return entities


def merged(entities: list[Json], found: list[Json]) -> list[Json]:
    """The entities given, and those found where no link or code stands already."""
    if not entities or not found:
        return entities or found
    fixed = [one for one in entities if one["type"] in ("code", "pre", "text_link", "bot_command", "url", "mention")]
    free = [
        new
        for new in found
        if all(
            new["offset"] >= old["offset"] + old["length"] or old["offset"] >= new["offset"] + new["length"]
            for old in fixed
        )
    ]
    return sorted(entities + free, key=lambda entity: (entity["offset"], -entity["length"]))
