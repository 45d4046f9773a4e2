"""Who opened the page from inside Telegram: what Telegram signed is believed, anything else is not."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.mini_app import LARGEST, MiniUser, issue, session_key, user_of, verify

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp"  # noqa: S105  # nobody's
NOW = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
USER = {"id": 42, "first_name": "Anna & 李", "language_code": "zh-hans", "is_premium": True}
FIELDS = {
    "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
    "user": json.dumps(USER, ensure_ascii=False),
    "auth_date": str(int(NOW.timestamp()) - 60),
    "signature": "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ",
}


def signed(fields: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    """As Telegram's documentation says it, word by word."""
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return {**fields, "hash": hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()}


def init_data(fields: dict[str, str] = FIELDS, token: str = TOKEN) -> str:
    return urlencode(signed(fields, token))


def test_who_telegram_vouches_for_is_known() -> None:
    assert verify(init_data(), TOKEN, NOW) == MiniUser(id=42, language_code="zh-hans")


def test_a_vector_that_other_code_made() -> None:
    """By `openssl dgst -sha256 -mac HMAC`, so that a mistake made twice in Python is seen."""
    fields = {"auth_date": "1740816000", "user": '{"id":7}'}
    made = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
    mac = "b202b24818a3dfdafdf83ce4a523abedaac4b286e1eee1c24418b93ec2eeaa00"
    assert verify(f"{made}&hash={mac}", "1:A", NOW) == MiniUser(id=7)


def test_the_order_of_fields_and_the_way_spaces_are_written_do_not_matter() -> None:
    backwards = dict(reversed(signed(FIELDS).items()))
    assert verify(urlencode(backwards), TOKEN, NOW)
    assert verify(urlencode(backwards, quote_via=quote), TOKEN, NOW)


def without(name: str) -> Callable[[dict[str, str]], str]:
    return lambda fields: urlencode({key: value for key, value in fields.items() if key != name})


def changed(name: str, value: str) -> Callable[[dict[str, str]], str]:
    return lambda fields: urlencode({**fields, name: value})


TAMPERED: dict[str, Callable[[dict[str, str]], str]] = {
    "another person": changed("user", json.dumps({**USER, "id": 43})),
    "another time": changed("auth_date", str(int(NOW.timestamp()))),
    "another signature": changed("signature", "AAAA"),
    "another hash": changed("hash", "0" * 64),
    "an empty hash": changed("hash", ""),
    "a hash that is no text": changed("hash", "é"),
    "a hash in capitals": lambda fields: urlencode({**fields, "hash": fields["hash"].upper()}),
    "one field more": changed("start_param", "x"),
    "no hash": without("hash"),
    "no signature": without("signature"),
    "no user": without("user"),
    "no time": without("auth_date"),
    "a person twice": lambda fields: f"{urlencode(fields)}&{urlencode({'user': fields['user']})}",
    "a person twice, another one first": lambda fields: (
        f"{urlencode({'user': json.dumps({**USER, 'id': 43})})}&{urlencode(fields)}"
    ),
    "a hash twice": lambda fields: f"{urlencode(fields)}&hash={fields['hash']}",
    "two fields as one": lambda fields: urlencode(
        {
            "auth_date": f"{fields['auth_date']}\nquery_id={fields['query_id']}",
            **{name: fields[name] for name in ("signature", "user", "hash")},
        }
    ),
    "not UTF-8": lambda fields: f"{urlencode(fields)}&x=%ff",
    "not even ASCII": lambda fields: f"{urlencode(fields)}\ud800",
    "no form": lambda fields: f"{urlencode(fields)}&x",
    "nothing": lambda _: "",
    "too much": lambda fields: f"{urlencode(fields)}&x={'x' * LARGEST}",
    "too many fields": lambda fields: urlencode(fields) + "".join(f"&x{number}=1" for number in range(40)),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED.keys())
def test_what_was_tampered_with_is_nobody(tamper: Callable[[dict[str, str]], str]) -> None:
    assert verify(tamper(signed(FIELDS)), TOKEN, NOW) is None


def test_another_bot_cannot_vouch() -> None:
    assert verify(init_data(FIELDS, "123456:another"), TOKEN, NOW) is None


@settings(deadline=None)
@given(st.integers(0), st.integers(1, 255))
def test_no_byte_can_be_changed_so_that_somebody_else_is_known(at: int, by: int) -> None:
    data = bytearray(init_data().encode())
    data[at % len(data)] ^= by
    assert verify(data.decode("latin-1"), TOKEN, NOW) in (None, MiniUser(id=42, language_code="zh-hans"))


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=8))
def test_nothing_made_up_is_believed_and_nothing_breaks(fields: dict[str, str]) -> None:
    made = urlencode({**FIELDS, **fields, "hash": "f" * 64}, errors="replace")
    assert verify(made, TOKEN, NOW) is None


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (timedelta(0), True),
        (timedelta(hours=24), True),
        (timedelta(hours=24, seconds=1), False),
        (timedelta(days=4000), False),
        (-timedelta(minutes=1), True),
        (-timedelta(minutes=1, seconds=1), False),
        (-timedelta(days=1), False),
    ],
)
def test_what_was_signed_long_ago_or_in_the_future_is_void(age: timedelta, *, believed: bool) -> None:
    fields = {**FIELDS, "auth_date": str(int((NOW - age).timestamp()))}
    assert (verify(init_data(fields), TOKEN, NOW) is not None) is believed


@pytest.mark.parametrize("time", ["", "-1", "1e9", "١٢٣", "9" * 400, "nan", " 1740816000", "1740816000.0"])
def test_a_time_that_is_none_is_void_even_when_signed(time: str) -> None:
    assert verify(init_data({**FIELDS, "auth_date": time}), TOKEN, NOW) is None


@pytest.mark.parametrize(
    "user",
    ["", "null", "[]", "{}", '{"id": "42"}', '{"id": 0}', '{"id": -1}', '{"id": 42.0}', '{"id": true}',
     '{"id": 1e400}', f'{{"id": {2**60}}}', '{"id": 42, "language_code": 5}', '{"id": 42', "[" * 3000],
)  # fmt: skip
def test_a_person_who_is_none_is_void_even_when_signed(user: str) -> None:
    assert verify(init_data({**FIELDS, "user": user}), TOKEN, NOW) is None


def test_a_person_without_a_language_is_a_person() -> None:
    assert verify(init_data({**FIELDS, "user": '{"id": 42}'}), TOKEN, NOW) == MiniUser(id=42)


# signs

KEY = session_key(TOKEN)


def test_a_sign_is_known_again_for_twelve_hours() -> None:
    sign = issue(42, NOW, KEY)
    assert user_of(sign, NOW, KEY) == 42
    assert user_of(sign, NOW + timedelta(hours=11, minutes=59), KEY) == 42
    assert user_of(sign, NOW + timedelta(hours=12), KEY) is None


def test_a_new_token_voids_all_signs() -> None:
    assert user_of(issue(42, NOW, KEY), NOW, session_key("another")) is None


def test_the_key_of_signs_is_not_the_key_of_init_data() -> None:
    assert hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest() != KEY


@settings(deadline=None)
@given(st.integers(0), st.integers(1, 255))
def test_no_sign_can_be_changed(at: int, by: int) -> None:
    sign = bytearray(issue(42, NOW, KEY).encode())
    sign[at % len(sign)] ^= by
    assert user_of(sign.decode("latin-1"), NOW, KEY) is None


@settings(deadline=None)
@given(st.text())
def test_no_sign_can_be_made_up(sign: str) -> None:
    assert user_of(sign, NOW, KEY) is None


@pytest.mark.parametrize("sign", ["", ".", "..", "42", "42.99999999999", "\ud800", "9" * 10_000, "..e3b0c4"])
def test_what_is_no_sign_is_nobodys(sign: str) -> None:
    assert user_of(sign, NOW, KEY) is None
