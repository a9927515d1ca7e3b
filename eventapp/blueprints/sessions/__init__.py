"""The people of one session in the dashboard: who is invited, who has signed up."""

from eventapp.blueprints.sessions import invited, many, papers, signed_up
from eventapp.blueprints.sessions.base import blueprint

__all__ = ["blueprint", "invited", "many", "papers", "signed_up"]
