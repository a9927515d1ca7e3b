"""The one permission table: every endpoint, and who may call it. Closed until listed."""

from collections.abc import Mapping
from typing import Final

from eventapp.web.guards import Access

PERMISSIONS: Final[Mapping[str, Access]] = {
    # files and probes
    "assets.static_file": Access.PUBLIC,
    "health.healthz": Access.PUBLIC,
    "health.readyz": Access.PUBLIC,
    # public site
    "public.home": Access.PUBLIC,
    # dashboard: editions
    "editions.index": Access.READER,
}
