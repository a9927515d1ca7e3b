"""Who may call the endpoints of the programme; a part of the one permission table."""

from collections.abc import Mapping
from typing import Final

from eventapp.web.guards import Access

PROGRAMME: Final[Mapping[str, Access]] = {
    # the own agenda, by private link
    "agenda.show": Access.PUBLIC,
    "agenda.sign_up": Access.PUBLIC,
    "agenda.leave": Access.PUBLIC,
    "agenda.renew_calendar": Access.PUBLIC,
    "agenda.revoke_calendar": Access.PUBLIC,
    "agenda.calendar": Access.PUBLIC,
    # the dashboard
    "programme.index": Access.READER,
    "programme.new_session": Access.ORGANISER,
    "programme.create_session": Access.ORGANISER,
    "programme.edit_session": Access.ORGANISER,
    "programme.save_session": Access.ORGANISER,
    "programme.confirm_delete_session": Access.ORGANISER,
    "programme.delete_session": Access.ORGANISER,
    "programme.add_speaker": Access.ORGANISER,
    "programme.move_speaker": Access.ORGANISER,
    "programme.remove_speaker": Access.ORGANISER,
    "programme.conflicts": Access.READER,
    "programme.grid": Access.READER,
    "programme.ask_move": Access.ORGANISER,
    "programme.move_session": Access.ORGANISER,
    "programme.ask_pattern": Access.ORGANISER,
    "programme.take_pattern": Access.ORGANISER,
    "programme.preview_programme": Access.ORGANISER,
    "programme.publish_programme": Access.ORGANISER,
    "programme.rooms": Access.READER,
    "programme.new_room": Access.ORGANISER,
    "programme.add_room": Access.ORGANISER,
    "programme.edit_room": Access.ORGANISER,
    "programme.save_room": Access.ORGANISER,
    "programme.confirm_delete_room": Access.ORGANISER,
    "programme.delete_room": Access.ORGANISER,
    "programme.save_speaker_place": Access.ORGANISER,
    "programme.tracks": Access.READER,
    "programme.new_track": Access.ORGANISER,
    "programme.add_track": Access.ORGANISER,
    "programme.edit_track": Access.ORGANISER,
    "programme.save_track": Access.ORGANISER,
    "programme.confirm_delete_track": Access.ORGANISER,
    "programme.delete_track": Access.ORGANISER,
    "programme.speakers": Access.READER,
    "programme.new_speaker": Access.ORGANISER,
    "programme.create_speaker": Access.ORGANISER,
    "programme.edit_speaker": Access.ORGANISER,
    "programme.save_speaker": Access.ORGANISER,
    "programme.confirm_delete_speaker": Access.ORGANISER,
    "programme.delete_speaker": Access.ORGANISER,
}
