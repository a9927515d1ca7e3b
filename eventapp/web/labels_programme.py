"""The wording of the programme: kinds of session, who may come, what people do there, what a publication told."""

from collections.abc import Mapping
from typing import Final

from eventapp.errors import message, message_of

PROGRAMME_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "session_kind": {
        "plenary": message("Plenary"),
        "panel": message("Panel"),
        "workshop": message("Workshop"),
        "side_event": message("Side event"),
        "break": message("Break"),
    },
    "spoken_language": {
        "ar": message_of("language", "Arabic"),
        "zh": message_of("language", "Chinese"),
        "en": message_of("language", "English"),
        "fr": message_of("language", "French"),
        "ru": message_of("language", "Russian"),
        "es": message_of("language", "Spanish"),
        "pt": message_of("language", "Portuguese"),
    },
    "session_access": {
        "all": message("Open to all"),
        "delegates": message("Approved delegates only"),
        "sectors": message("Chosen sectors only"),
        "invited": message("Invited people only"),
    },
    "speaker_function": {
        "chair": message_of("session", "Chair"),
        "speaker": message_of("session", "Speaker"),
        "rapporteur": message_of("session", "Rapporteur"),
    },
    "speaker_state": {
        "invited": message_of("speaker", "Invited"),
        "accepted": message_of("speaker", "Accepted"),
        "declined": message_of("speaker", "Declined"),
    },
    "sign_up": {
        "noted": message("noted"),
        "seat": message("has a seat"),
        "waiting": message("waits for a seat"),
        "withdrawn": message("taken off"),
    },
    "speaker_missing": {
        "answer": message("your answer to the invitation"),
        "consent": message("your answer about the public page"),
        "biography": message("a short biography"),
        "picture": message("a picture"),
    },
    "speaker_part": {
        "answer": message_of("speaker", "answer"),
        "consent": message_of("speaker", "word on the public page"),
        "biography": message_of("speaker", "biography"),
        "picture": message_of("speaker", "picture"),
    },
    "speaker_no_letter": {
        "address": message("no e-mail address is known"),
        "ended": message("the link was ended by hand"),
        "today": message("written to today already"),
    },
    "document_kind": {
        "paper": message("Paper"),
        "slides": message("Slides"),
        "recording": message("Recording"),
        "outcome": message("Outcome"),
    },
    "document_access": {
        "session": message("Whoever may come to its session"),
        "all": message("Everybody, whoever may come to its session"),
        "delegates": message("Approved delegates, whoever may come to its session"),
        "sectors": message("Sectors of its session"),
        "invited": message("People who are invited to its session"),
    },
    "programme_change": {
        "added": message_of("session", "New"),
        "changed": message_of("session", "Changed"),
        "removed": message_of("session", "Taken out"),
    },
    "session_aspect": {
        "title": message("title"),
        "when": message("time"),
        "room": message("room"),
        "people": message("people"),
        "access": message("who may come"),
        "sign_up": message("signing up"),
        "languages": message("languages"),
        "kind": message("kind"),
        "track": message("track"),
        "description": message("description"),
    },
}
