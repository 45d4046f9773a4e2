"""The fonts have every character that is ours, and say which they have; rare ones of names are among them."""

from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import typst
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.reports.characters import FONTS, MISSING, SELECTORS, SPACES, fonts_in, missing, printed, use_fonts
from bot.reports.document import document
from bot.reports.pool import Pool
from bot.reports.render import Kind
from bot.reports.typeset import families, settable
from locales import DOMAINS, LANGUAGES
from scoring.editions import DATA
from tests.locales.test_catalogues import messages
from tests.locales.test_catalogues import texts as texts_of
from tests.reports.firms import RARE, UNKNOWN, of_grade, report
from tests.scoring.strategies import examples
from tools.fonts import CUTS, cut, ranges, rare, simplified, traditional

DRAGONS = UNKNOWN[0]
NAMES = "镕堃喆龘𠮷䶮犇㛃燚焱垚淼鑫骉羴叕昇珺璟玥彧翀赟翾龑龢㙦㴔㵘䲜𬭎𬬭𫖯𨱇"
"""Of people and of firms; some stand in no list of common characters."""
TYPESET = b'#set text(font: ("Noto Sans SC", "Noto Sans TC", "Shuping Rare"))\n#sys.inputs.text'


def typeset_alone(text: str) -> set[str]:
    """The fonts in which typst sets a text; it refuses to make an archive of a page where one is missing."""
    pdf = typst.compile(TYPESET, font_paths=fonts_in(None), pdf_standards="a-2a", sys_inputs={"text": text})
    pages: Any = PdfReader(BytesIO(pdf)).pages
    return {font["/BaseFont"].split("+")[-1] for page in pages for font in page["/Resources"]["/Font"].values()}


def kept(name: str) -> set[str]:
    family, weight = name.split("_")
    with TTFont(FONTS / f"NotoSans{family}-{weight[3:]}.ttf") as font:
        return set(map(chr, font.getBestCmap()))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A font of an operator's that has four dragons, if drawn as something else; this process prints with it."""
    cut(FONTS / "ShupingRare-Regular.ttf", tmp_path / "rare.ttf", frozenset("𠮷"))
    with TTFont(tmp_path / "rare.ttf") as font:
        for table in font["cmap"].tables:
            table.cmap = {ord(DRAGONS): glyph for glyph in table.cmap.values()}
        for record in font["name"].names:
            record.string = "Dragons"
        font.save(tmp_path / "dragons.ttf")
    (tmp_path / "rare.ttf").unlink()
    use_fonts(tmp_path)
    yield tmp_path
    use_fonts(None)


@pytest.mark.parametrize("name", ["SC_400Regular", "SC_700Bold", "TC_400Regular"])
def test_a_list_of_characters_is_what_a_font_has(name: str) -> None:
    assert kept(name) == CUTS[name]()


def test_the_rest_of_what_is_printed_is_what_the_font_of_rare_characters_has() -> None:
    with TTFont(FONTS / "ShupingRare-Regular.ttf") as font:
        assert set(map(chr, font.getBestCmap())) == rare()
    assert printed() - {*SPACES, *SELECTORS} == (simplified() | traditional() | rare()) - set(SPACES)


def test_every_character_that_is_said_to_print_prints() -> None:
    """All thirty thousand at once: PDF/A takes no page on which one is missing."""
    assert typeset_alone("".join(sorted(printed()))) == {
        "NotoSansSC-Regular",
        "NotoSansTC-Regular",
        "ShupingRare-Regular",
    }
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typeset_alone(DRAGONS)


@pytest.mark.parametrize("name", NAMES)
def test_characters_of_names_print(name: str) -> None:
    assert missing([name]) == ""


@pytest.mark.parametrize(("first", "last"), [(0x4E00, 0x9FEF), (0x3400, 0x4DB5)])
def test_all_of_the_two_commonest_blocks_print(first: int, last: int) -> None:
    assert missing([*map(chr, range(first, last + 1))]) == ""


@given(st.lists(st.text(st.sampled_from("甲乙x " + DRAGONS + "😀한\x07"), max_size=12), max_size=4))
@examples(60)
def test_what_is_missing_is_what_is_shown_as_a_missing_type(texts: list[str]) -> None:
    lacking, together = missing(texts), "".join(texts)
    assert set(lacking) == {sign for sign in together if settable(sign) == MISSING}
    assert len(set(lacking)) == len(lacking)
    assert sorted(lacking, key=together.index) == [*lacking]


@given(st.sets(st.characters(codec="utf-8")))
def test_characters_are_listed_as_ranges(characters: set[str]) -> None:
    from bot.reports.characters import read_ranges

    assert set(read_ranges(ranges(characters))) == characters


def test_a_choice_of_form_is_nothing_to_be_printed() -> None:
    assert missing(["葛\U000e0100城"]) == ""
    assert settable("葛\U000e0100城") == "葛\U000e0100城"


# fonts of an operator's own


def test_an_operators_font_prints_what_ours_lack(own: Path) -> None:
    assert missing([RARE + DRAGONS]) == ""
    assert missing([RARE + UNKNOWN]) == UNKNOWN[1]
    reader = PdfReader(BytesIO(document(report(of_grade(2), firm=RARE + DRAGONS))))
    text = reader.pages[0].extract_text()
    assert RARE + DRAGONS in text
    assert MISSING not in text


def test_a_hundred_characters_are_asked_together(own: Path) -> None:
    """A stranger's name may be of so many, and everybody waits while they are asked: one by one, that were a hundred
    times as long as for one.
    """

    def seconds(number: int) -> float:
        began = process_time()
        assert missing(["".join(chr(next(rare_ones)) for _ in range(number))])
        return process_time() - began

    rare_ones = count(0x2A700)
    seconds(1)
    assert min(seconds(100) for _ in range(5)) < 30 * min(seconds(1) for _ in range(5))


def test_an_operators_font_has_together_what_it_has_one_by_one(own: Path) -> None:
    """Marks, letters that turn the direction, compatible forms: what stands beside a character is no matter."""
    signs = [*map(chr, range(0x300, 0x2FA00, 401)), DRAGONS]
    assert missing(["".join(signs)]) == "".join(sign for sign in signs if missing([sign]))


def test_a_paper_without_such_characters_is_the_same_with_them(own: Path) -> None:
    with_them = document(report(of_grade(2), firm=RARE))
    use_fonts(None)
    assert document(report(of_grade(2), firm=RARE)) == with_them


async def test_the_process_that_makes_reports_has_them_too(own: Path) -> None:
    made = report(of_grade(2), firm=DRAGONS)
    pool = Pool()
    try:
        assert await pool.render(Kind.DOCUMENT, made) == document(made)
    finally:
        await pool.close()


def test_a_font_that_is_named_like_ours_is_not_taken_for_it(own: Path) -> None:
    (own / "dragons.ttf").unlink()
    cut(FONTS / "ShupingRare-Regular.ttf", own / "rare.ttf", frozenset("龘"))
    cut(FONTS / "NotoSansSC-Regular.ttf", own / "regular.ttf", frozenset("甲"))
    with_them = document(report(of_grade(2), firm=RARE))
    use_fonts(None)
    assert document(report(of_grade(2), firm=RARE)) == with_them


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        use_fonts(tmp_path / "nowhere")


def test_traditional_characters_are_the_commoner_ones_of_big5() -> None:
    codes = [sign.encode("big5") for sign in traditional() - set(" \u00a0")]
    assert len([code for code in codes if b"\xa4\x40" <= code <= b"\xc6\x7e"]) == 5401
    assert max(codes) < b"\xc7"


def test_headings_in_traditional_characters_can_be_bold() -> None:
    """`tools.fonts` cuts the bold font to our texts as they are then; other words of ours are seldom bold."""
    bold = kept("TC_700Bold") | kept("SC_700Bold")
    labels = {key: message for key, message in messages("zh-Hant").items() if key.startswith("report.label.")}
    assert set("".join(text for message in labels.values() for text in texts_of(message))) <= bold
    assert bold <= printed()


def test_all_of_our_texts_can_be_set() -> None:
    """But for signs on buttons, in hints and in the terminal, which never stand in a report."""
    texts = [
        text
        for language in LANGUAGES
        for domain in DOMAINS
        for key, message in messages(language, domain).items()
        if not key.startswith(("button.", "hint.", "doctor."))
        for text in texts_of(message)
    ]
    texts += [path.read_text(encoding="utf-8") for path in Path(DATA).glob("*.json")]
    assert missing(texts) == ""


def test_what_no_font_has_is_shown_as_a_missing_type() -> None:
    data = {"firm": f"甲{UNKNOWN}乙", "rows": [("x", 1, None)]}
    assert settable(data) == {"firm": f"甲{MISSING * 2}乙", "rows": [["x", 1, None]]}


def test_only_our_fonts_are_used() -> None:
    noto = [(f"Noto Sans {script}", weight) for script in ("SC", "TC") for weight in (400, 700)]
    assert families() == [*noto, ("Shuping Rare", 400)]


@pytest.mark.parametrize("file", ["OFL.txt", "characters.txt", "traditional.txt", "printed.txt"])
def test_licence_and_list_are_shipped(file: str) -> None:
    assert (FONTS / file).read_text(encoding="utf-8")
