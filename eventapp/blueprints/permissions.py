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
    "public.editions": Access.PUBLIC,
    "public.edition": Access.PUBLIC,
    "public.programme": Access.PUBLIC,
    "public.partners": Access.PUBLIC,
    "public.privacy": Access.PUBLIC,
    "public.privacy_version": Access.PUBLIC,
    "public.contact": Access.PUBLIC,
    "public.accessibility": Access.PUBLIC,
    # the public record for machines
    "feeds.editions_json": Access.PUBLIC,
    "feeds.edition_json": Access.PUBLIC,
    "feeds.edition_ics": Access.PUBLIC,
    "feeds.editions_atom": Access.PUBLIC,
    "feeds.editions_csv": Access.PUBLIC,
    "feeds.sitemap": Access.PUBLIC,
    "feeds.robots": Access.PUBLIC,
    # dashboard: editions
    "editions.index": Access.READER,
}
