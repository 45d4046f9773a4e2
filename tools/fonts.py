"""Cut the fonts of the reports: `python -m tools.fonts FOLDER`.

FOLDER is the unpacked npm package `@expo-google-fonts/noto-sans-sc` (Noto Sans SC, licence OFL 1.1). Regular gets every
character of `characters.txt`: GB 2312 and 通用规范汉字表 (8,105 characters, those of names among them), Latin, Greek,
Cyrillic, punctuation and signs. Bold, which only our own words use, gets the commoner half of the Chinese ones.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

FONTS = Path(__file__).parent.parent / "bot" / "reports" / "fonts"
CHARACTERS = FONTS / "characters.txt"
COMMON = range(0xB0, 0xD8)
"""The first bytes of GB 2312's level 1, its 3,755 commoner characters."""
HAN = range(0x3400, 0xFF00)
SPACES = " \u00a0\u3000"


def characters() -> frozenset[str]:
    """What the regular font can show."""
    return frozenset(CHARACTERS.read_text(encoding="utf-8").replace("\n", "") + SPACES)


def common(character: str) -> bool:
    """Whether the bold font has it, too."""
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
    """Both weights."""
    every = characters()
    for weight, kept in (("400Regular", every), ("700Bold", frozenset(filter(common, every)))):
        name = f"NotoSansSC_{weight}.ttf"
        cut(folder / weight / name, FONTS / f"NotoSansSC-{weight[3:]}.ttf", kept)
        print(f"{weight}: {len(kept)} characters")
    (FONTS / "OFL.txt").write_bytes((folder / "LICENSE_FONT").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
