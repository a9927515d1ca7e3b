"""Prepare Bootstrap's style sheets for the strict Content-Security-Policy: no data: addresses, no source map.

    python scripts/vendor_bootstrap.py FILE...

Works in place; run it on the files of the package, then note the new checksums in eventapp/static/vendor/VERSIONS.md.
The pictures that Bootstrap carries inside its style sheets stand as files in eventapp/static/img and are set in base.css.
"""

import hashlib
import re
import sys
from pathlib import Path

for name in sys.argv[1:]:
    path = Path(name)
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'url\("data:[^"]*"\)', "none", text)
    text = re.sub(r"\n?/\*# sourceMappingURL=.*?\*/", "", text)
    path.write_text(text, encoding="utf-8")
    print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
