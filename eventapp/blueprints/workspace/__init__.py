"""A focal point's workspace: the own delegation, by a personal link or an account; and what an invitation opens."""

from eventapp.blueprints.workspace import (
    access_routes,
    decisions,
    entering,
    invitations,
    invited,
    lists,
    members,
    order,
    papers,
    routes,
)
from eventapp.blueprints.workspace.base import blueprint

__all__ = [
    "access_routes",
    "blueprint",
    "decisions",
    "entering",
    "invitations",
    "invited",
    "lists",
    "members",
    "order",
    "papers",
    "routes",
]
