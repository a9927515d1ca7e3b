"""The blueprint of counts and exports, in a module of its own so that its halves do not import each other."""

from flask import Blueprint

blueprint = Blueprint("statistics", __name__, url_prefix="/dashboard/editions/<int:ordinal>")
