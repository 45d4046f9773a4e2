"""Write NOTICE: whose works are shipped with the program; with --check only say whether it is current."""

import sys
from collections import Counter

from tools.shipped import FONTS, ROOT, Package, packages

DOCUMENT = ROOT / "NOTICE"
HEAD = """shuping
Copyright The shuping developers

shuping is under the Apache License, Version 2.0: see LICENSE. It is shipped with the works of others named here, each
under its own licence. This list is written by `make docs` from requirements/run.lock and the packages' own metadata.

Where the licence texts are: a path below that begins with a package's name lies beside that package, in the image
under /opt/shuping/lib/python3.13/site-packages. Python's is /usr/local/lib/python3.13/LICENSE.txt, those of the Debian
packages of the base image are /usr/share/doc/*/copyright. Whoever hands the image on hands these files on with it.
"""
FONT_NOTES = """
Fonts

{fonts}

The first three are bot/reports/fonts/*.ttf, their copyright and licence OFL.txt beside them. The other fonts are
compiled into typst, which ships no texts for them: Libertinus is copyright The Libertinus Project Authors, New Computer
Modern is by Antonis Tsolomitis, DejaVu is copyright Bitstream, Inc. with changes by the DejaVu project.

Packages
"""
TAIL = """
What the licences ask for

python-telegram-bot, psycopg (both LGPL-3.0) and certifi (MPL-2.0) are shipped unchanged, as the files that their
authors published, as are the libraries inside psycopg-binary (keyutils and libxcrypt among them are LGPL-2.1). All are
loaded from folders of their own: whoever has the program may put a changed version of the same interface in their
place, and nothing of shuping has to be built again. option-ext (MPL-2.0) was compiled into typst by the authors of that
package. The sources are at the addresses above; that of option-ext is https://github.com/soc/option-ext.
Inside psycopg-binary is software developed by Computing Services at Carnegie Mellon University
(http://www.cmu.edu/computing/): Cyrus SASL.
"""


def notice(shipped: tuple[Package, ...]) -> str:
    """The whole text."""
    fonts = "\n".join(f"  {font.name}: {font.licence.removeprefix('LicenseRef-')}" for font in FONTS)
    return HEAD + FONT_NOTES.format(fonts=fonts) + "".join(map(_entry, shipped)) + TAIL


def _entry(package: Package) -> str:
    lines = [f"\n{package.name} {package.version}: {package.licence}", f"  from {package.source}"]
    lines += [f"  {text}" for text in package.texts]
    if package.inside:
        lines.append(f"  with {len(package.inside)} libraries compiled in, named in {package.listing}:")
        lines += [f"    {count} under {licence}" for licence, count in _licences(package)]
    return "\n".join([*lines, ""])


def _licences(package: Package) -> list[tuple[str, int]]:
    counted = Counter(" ".join(work.licence.split()) for work in package.inside)
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def main() -> int:
    """Write the file, or check it; 1 if it is out of date."""
    fresh = notice(packages())
    if "--check" in sys.argv:
        current = DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == fresh
        if not current:
            print("NOTICE is out of date; run `make docs`")
        return int(not current)
    DOCUMENT.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
