"""Cut the fonts of the reports: `python -m tools.fonts FOLDER`.

FOLDER holds the npm packages `@expo-google-fonts/noto-sans-sc` and `noto-sans-tc`, unpacked as `SC` and `TC` (Noto
Sans, licence OFL 1.1). SC has every character of `characters.txt`: GB 2312 and 通用规范汉字表 (8,105 characters, those
of names among them), Latin, Greek, Cyrillic, punctuation and signs. TC, for texts in Traditional Chinese, has those of
`traditional.txt`: the signs and the 5,401 commoner characters of Big5. Bold is for our own words only: SC has the
commoner half of the Chinese characters, TC those that our texts use.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "bot" / "reports" / "fonts"
TEXTS = ("locales/zh_Hant/LC_MESSAGES/*.po", "scoring/data/*.zh-Hant.json")
"""What is written in Traditional Chinese."""
COMMON = range(0xB0, 0xD8)
"""The first bytes of GB 2312's level 1, its 3,755 commoner characters."""
HAN = range(0x3400, 0xFF00)
SPACES = " \u00a0\u3000"


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
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=map(ord, kept))
    subsetter.subset(font)
    save_font(font, str(target), options)


def main(folder: Path) -> None:
    """Both weights of both."""
    for name, characters in CUTS.items():
        family, weight = name.split("_")
        source = folder / family / weight / f"NotoSans{name}.ttf"
        kept = characters()
        cut(source, FONTS / f"NotoSans{family}-{weight[3:]}.ttf", kept)
        print(f"{name}: {len(kept)} characters")
    (FONTS / "OFL.txt").write_bytes((folder / "SC" / "LICENSE_FONT").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
