"""Numbers as people type them, per unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.numbers import LONGEST, quantities, read_numbers
from scoring.editions import load_rubric

UNITS = sorted(
    {figure.unit for figure in load_rubric("miit-2024").figures}
    | {fuel.unit for fuel in load_rubric("miit-2024").energy}
)
Numbers = tuple[int | str, ...]


def expected(values: Numbers) -> tuple[int | Decimal, ...]:
    return tuple(Decimal(value) if isinstance(value, str) else value for value in values)


@pytest.mark.parametrize(
    ("text", "unit", "values"),
    [
        # plain, several, separators
        ("200", "台", (200,)),
        ("200 90", "台", (200, 90)),
        ("200，90", "台", (200, 90)),
        ("200、90", "台", (200, 90)),
        ("200；90", "台", (200, 90)),
        ("200/90", "台", (200, 90)),
        ("200和90", "台", (200, 90)),
        ("200\t90\n40", "台", (200, 90, 40)),
        ("200　90", "台", (200, 90)),
        ("  200 ,  90 ", "台", (200, 90)),
        ("3 000", "台", (3, 0)),
        # units
        ("200台 90台", "台", (200, 90)),
        ("200台90台", "台", (200, 90)),
        ("200 台、90 台套", "台", (200, 90)),
        ("200个 90套", "台", (200, 90)),
        ("200 machines, 90 machines", "台", (200, 90)),
        ("55人 60名", "人", (55, 60)),
        ("55个", "人", (55,)),
        ("55 people", "人", (55,)),
        ("97.5% 98.1％", "%", ("97.5", "98.1")),
        ("97.5个点", "%", ("97.5",)),
        ("382.919吨标煤", "吨标准煤", ("382.919",)),
        ("382.919 tce", "吨标准煤", ("382.919",)),
        ("400吨", "吨标准煤", (400,)),
        ("400 tonnes", "吨标准煤", (400,)),
        ("12 GJ", "百万千焦", (12,)),
        # thousands, against lists
        ("1,200", "台", (1200,)),
        ("1,234,567", "台", (1234567,)),
        ("12,345.67", "万元", ("12345.67",)),
        ("1,200 1,300", "台", (1200, 1300)),
        ("1,200, 90", "台", (1200, 90)),
        ("1,200台,90台", "台", (1200, 90)),
        ("200,90", "台", (200, 90)),
        ("120,80,100", "万元", (120, 80, 100)),
        ("120，80，100", "万元", (120, 80, 100)),
        ("200，100", "台", (200, 100)),
        ("900,1000,1100", "万元", (900, 1000, 1100)),
        ("1,2000", "台", (1, 2000)),
        ("1,23", "台", (1, 23)),
        # full-width
        ("１２００", "台", (1200,)),
        ("１，２００", "台", (1200,)),
        ("９７．５％", "%", ("97.5",)),
        ("－５", "台", (-5,)),
        ("①", "台", (1,)),
        # units that hold ten thousand
        ("320", "万元", (320,)),
        ("320万", "万元", (320,)),
        ("320万元", "万元", (320,)),
        ("320 万元", "万元", (320,)),
        ("3200000元", "万元", (320,)),
        ("3,200,000 yuan", "万元", (320,)),
        ("5块钱", "万元", ("0.0005",)),
        ("1.5亿", "万元", (15000,)),
        ("1.5亿元", "万元", (15000,)),
        ("1万元2万元", "万元", (1, 2)),
        ("30万度", "万千瓦时", (30,)),
        ("12000千瓦时", "万千瓦时", ("1.2",)),
        ("1.2万 kWh", "万千瓦时", ("1.2",)),
        ("5000立方米", "万立方米", ("0.5",)),
        # magnitudes in units that hold none
        ("1.2万", "人", (12000,)),
        ("2万台", "台", (20000,)),
        ("1.2万吨标准煤", "吨标准煤", (12000,)),
        # Chinese numerals
        ("三百二十万", "万元", (320,)),
        ("三百二十万元", "万元", (320,)),
        ("三百二十", "万元", (320,)),
        ("一千万", "万元", (1000,)),
        ("一亿二千万", "万元", (12000,)),
        ("二百台 九十台", "台", (200, 90)),
        ("两百", "台", (200,)),
        ("两百 九十", "台", (200, 90)),
        ("两百五", "台", (250,)),
        ("一千零五十", "台", (1050,)),
        ("壹佰贰拾", "台", (120,)),
        ("十", "人", (10,)),
        ("零", "人", (0,)),
        # mixed, and about
        ("3百万", "万元", (300,)),
        ("1万2千", "人", (12000,)),
        ("1万2", "人", (12000,)),
        ("3亿5千万", "万元", (35000,)),
        ("5千", "台", (5000,)),
        ("二百台左右", "台", (200,)),
        ("大约200", "台", (200,)),
        ("12k", "人", (12000,)),
        ("3.5 million yuan", "万元", (350,)),
        ("thirty-five people", "人", (35,)),
        ("二〇二四", "台", (2024,)),
        ("九十七点五", "%", ("97.5",)),
        # traditional characters
        ("兩百台 九十臺", "台", (200, 90)),
        ("三百二十萬元", "万元", (320,)),
        ("1.5億", "万元", (15000,)),
        ("一億兩千萬", "万元", (12000,)),
        ("壹佰貳拾參", "台", (123,)),
        ("兩萬", "人", (20000,)),
        ("九十七點五", "%", ("97.5",)),
        ("97.5個百分點", "%", ("97.5",)),
        ("12噸標準煤", "吨标准煤", (12,)),
        ("400公噸", "吨", (400,)),
        ("30萬度", "万千瓦时", (30,)),
        ("1.5萬立方公尺", "万立方米", ("1.5",)),
        ("12百萬千焦", "百万千焦", (12,)),
        # signs are passed on: the sentence about negative numbers is clearer than "not understood"
        ("-5", "台", (-5,)),
        ("200 -5", "台", (200, -5)),
        ("0", "台", (0,)),
        ("007", "台", (7,)),
        ("2.0", "台", (2,)),
    ],
)
def test_typed_numbers(text: str, unit: str, values: Numbers) -> None:
    assert read_numbers(text, unit) == expected(values)
    assert all(isinstance(value, int) or value != int(value) for value in read_numbers(text, unit) or ())


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "，", "abc", "几百", "十几", "共200台", "200台，其中90台", "两三百", "200?", "1e5", "0x10"),
        *("inf", "nan", "NaN", "½", "1..2", "1.", ".5", "+5", "--5", "5-3", "1'000", "万", "百", "点", "台"),
        *("十十", "一万万", "万万", "200 and 90", "B", "😀", "\ud800", "\0"),
    ],
)
@pytest.mark.parametrize("unit", ["台", "万元"])
def test_anything_else_is_not_understood(text: str, unit: str) -> None:
    assert read_numbers(text, unit) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *(("200台 90%", "台"), ("320万元", "台"), ("55人", "台"), ("55台", "人"), ("90人", "%"), ("200台", "万元")),
        *(("400度", "吨标准煤"), ("12吨", "万立方米"), ("30万元", "万千瓦时"), ("12 tce", "吨"), ("98%", "人")),
    ],
)
def test_a_number_in_a_unit_of_another_kind_is_not_understood(text: str, unit: str) -> None:
    assert read_numbers(text, unit) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("55 1100 60 1000", (55, 1100, 60, 1000)),
        ("55人 1100万元 60人 1000万元", (55, 1100, 60, 1000)),
        ("55 1100万 60 1000万", (55, 1100, 60, 1000)),
        ("五十五人，一千一百万，六十人，一千万", (55, 1100, 60, 1000)),
        ("55人 11000000元 60人 0.1亿元", (55, 1100, 60, 1000)),
        ("55 1100万", (55, 1100)),
        ("55 1100 60 1000 1万", (55, 1100, 60, 1000, 1)),
        ("1100万元 55人 60人 1000万元", None),
    ],
)
def test_each_number_is_counted_in_a_unit_of_its_own(text: str, values: Numbers | None) -> None:
    assert read_numbers(text, "人", "万元", "人", "万元") == (values and expected(values))


def test_over_long_text_is_not_read() -> None:
    assert read_numbers("9" * LONGEST, "台") == (int("9" * LONGEST),)
    assert read_numbers("9" * (LONGEST + 1), "台") is None
    assert read_numbers("1 " * LONGEST, "台") is None
    assert read_numbers("1" + "亿" * (LONGEST - 1), "台") is not None


@given(st.text(max_size=LONGEST + 20), st.sampled_from(UNITS))
def test_any_text_is_read_or_not_without_an_error(text: str, unit: str) -> None:
    read_numbers(text, unit)


@given(
    st.text("0123456789０１９.,，、；; /-+%万亿元台人度吨十百千零一二两九点个名eE\t", max_size=30),
    st.sampled_from(UNITS),
)
def test_any_text_of_numbers_is_read_or_not_without_an_error(text: str, unit: str) -> None:
    values = read_numbers(text, unit)
    assert values is None or values
    assert all(isinstance(value, int) or value.is_finite() for value in values or ())


NUMBERS = st.one_of(
    st.integers(0, 10**15),
    st.decimals(0, 10**9, places=6, allow_nan=False, allow_infinity=False),
)


@given(st.lists(NUMBERS, min_size=1, max_size=4), st.sampled_from(UNITS), st.sampled_from([" ", "、", "; ", "/", ", "]))
def test_formatted_numbers_are_read_back(numbers: list[int | Decimal], unit: str, separator: str) -> None:
    assert read_numbers(separator.join(f"{number:,f}" for number in map(Decimal, numbers)), unit) == tuple(numbers)
    assert read_numbers(separator.join(format(Decimal(number), "f") for number in numbers), unit) == tuple(numbers)


@given(st.lists(NUMBERS, min_size=1, max_size=4), st.sampled_from(UNITS))
def test_numbers_with_their_official_unit_are_read_back(numbers: list[int | Decimal], unit: str) -> None:
    text = " ".join(f"{format(Decimal(number), 'f')}{unit}" for number in numbers)
    assert read_numbers(text, unit) == tuple(numbers)


@given(st.integers(1, 10**11))
def test_amounts_in_yuan_are_a_ten_thousandth(amount: int) -> None:
    assert read_numbers(f"{amount}元", "万元") == (Decimal(amount) / 10000,)
    assert read_numbers(f"{amount}元", "万元") == read_numbers(f"{Decimal(amount) / 10000:f}万元", "万元")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("200台设备，90台数字化的", [("200台", 200, "台"), ("90台", 90, "台")]),
        ("从96.2%提高到97.5%", [("96.2%", "96.2", "%"), ("97.5%", "97.5", "%")]),
        ("去年2400万，64人", [("2400万", 24_000_000, None), ("64人", 64, "人")]),
        ("电40万度，天然气3万方", [("40万度", 400_000, "千瓦时"), ("3万方", 30_000, "立方米")]),
        ("三十个人，二十台机床", [("三十个人", 30, "人"), ("二十台", 20, "台")]),
        ("百分之九十七", [("百分之九十七", 97, "%")]),
        ("三成", [("三成", 30, "%")]),
        ("about two hundred people", [("about two hundred people", 200, "人")]),
        ("用了五年", [("五年", 5, "年")]),
        *(
            (text, [])
            for text in ("十几台", "几百人", "第三个", "5G", "q5", "ISO9001", "一些", "一定", "两三百台", "大半")
        ),
        *((text, []) for text in ("one of them", "统一", "第2年", "2d", "none")),
    ],
)
def test_quantities_of_a_text(text: str, found: list[tuple[str, int | str, str | None]]) -> None:
    read = quantities(text)
    assert [(text[one.start : one.end], one.value, one.unit) for one in read] == [
        (said, Decimal(value), unit) for said, value, unit in found
    ]


@pytest.mark.parametrize(
    ("text", "approximate", "above"),
    [
        *(("200台", False, False), ("大概200台", True, False), ("200台左右", True, False), ("一半", True, False)),
        *(("200多台", True, True), ("200多万", True, True), ("超过20%", True, True), ("不到20%", True, False)),
        *(("一百来个", True, False), ("about 200", True, False), ("more than 200", True, True), ("200+", True, True)),
    ],
)
def test_about_so_many_and_more_than_that(text: str, approximate: bool, above: bool) -> None:
    (one,) = quantities(text)
    assert (one.approximate, one.above) == (approximate, above)


@given(st.text("0123456789０１.,，、；; /-+%万亿元台人度吨十百千一二两九点个名几多第半成分之eEka约~", max_size=60))
def test_quantities_stand_apart_in_their_order(text: str) -> None:
    edges = [edge for one in quantities(text) for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(one.value.is_finite() for one in quantities(text))
