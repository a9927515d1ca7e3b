"""Makes the fonts of the PDF report smaller: python scripts/subset_report_fonts.py FOLDER, which holds Noto's static TTFs.

The typesetter reads no woff2 and no part of a variable font, so the files of the pages do not serve it.
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "eventapp" / "data" / "fonts"
LATIN = (
    *range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x2B0, 0x300), 0x300, 0x301, 0x302, 0x303, 0x306, 0x308, 0x30C, 0x323, 0x327,
    *range(0x1E00, 0x1F00), *range(0x2000, 0x2070), 0x20AC, 0x2116, 0x2122, *range(0x2190, 0x2194), 0x2212, 0x2022, 0x25CF,
)  # fmt: skip
ARABIC = (
    *range(0x20, 0x7F),
    0xA0,
    0xAB,
    0xBB,
    *range(0x600, 0x700),
    *range(0x750, 0x780),
    *range(0x2000, 0x2010),
)
FILES = {
    "NotoSans-Regular.ttf": LATIN,
    "NotoSans-Bold.ttf": LATIN,
    "NotoSansArabic-Regular.ttf": ARABIC,
    "NotoSansArabic-Bold.ttf": ARABIC,
}


def main(folder: Path) -> None:
    TARGET.mkdir(exist_ok=True)
    for name, letters in FILES.items():
        options = subset.Options(hinting=False, layout_features=["*"], notdef_outline=True, name_IDs=["*"])
        font = TTFont(folder / name, recalcTimestamp=False)
        smaller = subset.Subsetter(options)
        smaller.populate(unicodes=letters)
        smaller.subset(font)
        font.save(TARGET / name)
        content = (TARGET / name).read_bytes()
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
