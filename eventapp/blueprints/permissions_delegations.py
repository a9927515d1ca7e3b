"""The lines of the permission table for represented bodies, their focal points and credentials; a part of permissions.py."""

from collections.abc import Mapping
from typing import Final

from eventapp.web.guards import Access

DELEGATION_PERMISSIONS: Final[Mapping[str, Access]] = {
    "delegations.index": Access.READER,
    "delegations.show": Access.READER,
    "delegations.new": Access.ORGANISER,
    "delegations.create": Access.ORGANISER,
    "delegations.edit": Access.ORGANISER,
    "delegations.save": Access.ORGANISER,
    "delegations.confirm_remove": Access.ORGANISER,
    "delegations.remove": Access.ORGANISER,
    "delegations.many": Access.ORGANISER,
    "delegations.preview_many": Access.ORGANISER,
    "delegations.make_many": Access.ORGANISER,
    "delegations.new_focal_point": Access.ORGANISER,
    "delegations.add_focal_point": Access.ORGANISER,
    "delegations.edit_focal_point": Access.ORGANISER,
    "delegations.save_focal_point": Access.ORGANISER,
    "delegations.send_link": Access.ORGANISER,
    "delegations.send_links": Access.ORGANISER,
    "delegations.revoke_link": Access.ORGANISER,
    "delegations.connect_account": Access.ORGANISER,
    "delegations.confirm_remove_focal_point": Access.ORGANISER,
    "delegations.remove_focal_point": Access.ORGANISER,
    "delegations.credentials": Access.ORGANISER,
    "delegations.save_credentials": Access.ORGANISER,
    "delegations.add_document": Access.ORGANISER,
    "delegations.fetch_document": Access.ORGANISER,
    "delegations.confirm_remove_document": Access.ORGANISER,
    "delegations.remove_document": Access.ORGANISER,
    "workspace.show_preview": Access.PUBLIC,
}
