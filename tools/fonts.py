"""Cut the fonts of the reports: `python -m tools.fonts FOLDER`.

FOLDER holds the npm packages `@expo-google-fonts/noto-sans-sc`, `-tc`, `-hk` and `-jp`, unpacked as `SC`, `TC`, `HK`
and `JP` (Noto Sans, licence OFL 1.1). SC has every character of `characters.txt`: GB 2312 and 通用规范汉字表 (8,105
characters, those of names among them), Latin, Greek, Cyrillic, punctuation and signs. TC, for texts in Traditional
Chinese, has those of `traditional.txt`: the signs and the 5,401 commoner characters of Big5. Bold is for our own words
only: SC has the commoner half of the Chinese characters, TC those that our texts use.

`Shuping Rare` has whatever else is in the regular weights of SC, HK and JP, in this order: all of CJK Unified
Ideographs and its extension A, and some two thousand of the others. It is a file of its own, so that a paper without
such a name never opens it. What it and the others have together is written to `printed.txt`.
"""

import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import merge
from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont

from bot.reports.characters import FAMILIES, read_ranges

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "bot" / "reports" / "fonts"
TEXTS = ("locales/zh_Hant/LC_MESSAGES/*.po", "scoring/data/*.zh-Hant.json")
"""What is written in Traditional Chinese."""
COMMON = range(0xB0, 0xD8)
"""The first bytes of GB 2312's level 1, its 3,755 commoner characters."""
HAN = range(0x3400, 0xFF00)
SPACES = " \u00a0\u3000"
RARE = FAMILIES[-1]
"""A name of our own: it is made of three fonts. Theirs is reserved for none of ours but "Source"."""
RARE_FROM = ("SC", "HK", "JP")
PRINTED = "printed.txt"
LINE = 10
"""So many ranges on a line of it."""
UNSEEN = "CZM"
"""Categories of Unicode that are no characters by themselves: controls, spaces, marks."""


def simplified() -> frozenset[str]:
    """What the regular weight of SC can show."""
    return _listed("characters.txt")


def common() -> frozenset[str]:
    """What its bold weight has, too."""
    return frozenset(filter(_common, simplified()))


def traditional() -> frozenset[str]:
    """What the regular weight of TC can show."""
    return _listed("traditional.txt")


def ours() -> frozenset[str]:
    """What its bold weight has, too."""
    texts = (file.read_text(encoding="utf-8") for pattern in TEXTS for file in ROOT.glob(pattern))
    return traditional() & set("".join(texts))


def rare() -> frozenset[str]:
    """What the font of rare characters can show: all that is printed, and is not in the others."""
    return frozenset(read_ranges((FONTS / PRINTED).read_text(encoding="utf-8"))) - simplified() - traditional()


CUTS: dict[str, Callable[[], frozenset[str]]] = {
    "SC_400Regular": simplified,
    "SC_700Bold": common,
    "TC_400Regular": traditional,
    "TC_700Bold": ours,
}


def _listed(name: str) -> frozenset[str]:
    return frozenset((FONTS / name).read_text(encoding="utf-8").replace("\n", "") + SPACES)


def _common(character: str) -> bool:
    if ord(character) not in HAN:
        return ord(character) < HAN.stop + 0x100
    code = character.encode("gb2312", "ignore")
    return bool(code) and code[0] in COMMON


def cut(source: Path, target: Path, kept: frozenset[str]) -> None:
    """Write a font with the kept characters alone; its names stay, or renderers that look fonts up would miss it."""
    options = Options(name_IDs=["*"], name_languages=["*"], layout_features=[], hinting=False)
    with load_font(str(source), options) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=map(ord, kept))
        subsetter.subset(font)
        save_font(font, str(target), options)


def ranges(characters: Iterable[str]) -> str:
    """Characters as ranges of Unicode, a few on a line: "U+3400-4DBF U+4E00"."""
    runs: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    words = [f"U+{first:04X}" + (f"-{last:04X}" if last > first else "") for first, last in runs]
    return "".join(" ".join(words[at : at + LINE]) + "\n" for at in range(0, len(words), LINE))


def _source(folder: Path, family: str) -> Path:
    return folder / family / "400Regular" / f"NotoSans{family}_400Regular.ttf"


def _seen(source: Path) -> frozenset[str]:
    """The characters of a font."""
    with TTFont(source, lazy=True) as font:
        return frozenset(sign for sign in map(chr, font.getBestCmap()) if unicodedata.category(sign)[0] not in UNSEEN)


def join_rare(folder: Path) -> int:
    """Write the font of rare characters, and what is printed; gives how many characters it has."""
    printed = set(simplified() | traditional())
    with TemporaryDirectory() as place:
        parts = []
        for family in RARE_FROM:
            kept = _seen(_source(folder, family)) - printed
            printed |= kept
            parts.append(str(Path(place) / f"{family}.ttf"))
            cut(_source(folder, family), Path(parts[-1]), kept)
        dropped = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "gasp", "prep", "vhea", "vmtx"]
        font = merge.Merger(merge.Options(drop_tables=dropped)).merge(parts)
        _named(font, folder)
        font.save(FONTS / f"{RARE.replace(' ', '')}-Regular.ttf")
    (FONTS / PRINTED).write_text(ranges(printed), encoding="utf-8")
    return len(font.getBestCmap())


def _named(font: TTFont, folder: Path) -> None:
    """Its own name, and the date of what it is made of, so that it can be made again to the byte."""
    names = {1: RARE, 4: f"{RARE} Regular", 6: f"{RARE.replace(' ', '')}-Regular", 16: RARE}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)
    with TTFont(_source(folder, RARE_FROM[0]), lazy=True) as source:
        font["head"].modified = font["head"].created = source["head"].modified
    font.recalcTimestamp = False


def main(folder: Path) -> None:
    """Both weights of both, and the rare ones."""
    for name, characters in CUTS.items():
        family, weight = name.split("_")
        source = folder / family / weight / f"NotoSans{name}.ttf"
        kept = characters()
        cut(source, FONTS / f"NotoSans{family}-{weight[3:]}.ttf", kept)
        print(f"{name}: {len(kept)} characters")
    print(f"{RARE}: {join_rare(folder)} characters")
    (FONTS / "OFL.txt").write_bytes((folder / "SC" / "LICENSE_FONT").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
