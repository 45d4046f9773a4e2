"""Everyone and everything there is: the bot, the people, the chats, the files."""

import itertools
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.limits import Json
from tests.telegram.people import Group, Person
from tests.telegram.updates import Updates
from tests.telegram.views import Bell, Chat, Tap


@dataclass(slots=True)
class Stored:
    """A file that the bot or a person sent."""

    id: str
    kind: str
    name: str
    data: bytes
    described: Any  # as within a message

    @property
    def brief(self) -> Json:
        return {"file_id": self.id, "file_unique_id": f"u{self.id}", "file_size": len(self.data)}


@dataclass(slots=True)
class World:
    """What the methods change and the people see."""

    me: Json = field(
        default_factory=lambda: {"id": 4242, "is_bot": True, "first_name": "Shuping", "username": "shuping_test_bot"}
    )
    group_privacy: bool = True
    tap_lifetime: float = 15.0
    bell: Bell = field(default_factory=Bell)
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    taps: dict[str, Tap] = field(default_factory=dict)
    files: dict[str, Stored] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})
    """The one of all private chats; nothing here asks for that of a single one."""
    announced: dict[tuple[str, str], str] = field(default_factory=dict)
    updates: Updates = field(default_factory=Updates)
    message_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    revisions: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def person(
        self,
        first_name: str = "",
        language_code: str = "zh-hans",
        *,
        id: int | None = None,  # noqa: A002
        started: bool = False,
        **more: Any,
    ) -> Person:
        """Someone new; started: the bot may write to them before they say anything."""
        number = id if id is not None else 5_000_000_000 + next(self.ids)
        name = first_name or f"Person {number}"
        user: Json = {"id": number, "is_bot": False, "first_name": name, **more}
        if language_code:
            user["language_code"] = language_code
        described = {"id": number, "first_name": name, **more, "type": "private"}
        chat = Chat(number, described, self.message_ids, self.revisions, self.bell, started=started)
        person = self.people[number] = Person(self, user, chat)
        if started:
            self.chats[number] = chat
        return person

    def group(self, title: str = "Group", *members: Person, kind: str = "supergroup") -> Group:
        """A new group (or channel) with the bot and those people in it."""
        number = -1_001_000_000_000 - next(self.ids)
        described = {"id": number, "title": title, "type": kind}
        chat = Chat(number, described, itertools.count(1), self.revisions, self.bell, started=True)
        self.chats[number] = chat
        group = Group(self, chat)
        group.add_bot(members[0] if members else self.person("Owner"))
        for person in members:
            chat.members.add(person.id)
        return group

    def store(self, kind: str, name: str, mime: str, data: bytes) -> Json:
        """Keep a file; the part of a message that shows it."""
        number = f"{kind}-{next(self.ids)}"
        stored = self.files[number] = Stored(number, kind, name, data, None)
        described: Any = stored.brief
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind == "photo":
            described = [{**stored.brief, "width": 1280, "height": 720}]
        elif kind == "voice":
            described |= {"duration": 3, "mime_type": mime}
        elif kind == "sticker":
            described |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        else:
            described |= {"file_name": name, "mime_type": mime}
        stored.described = described
        return {kind: described}
