"""Tables: columns, relations, constraints and tiny properties; SQLAlchemy only."""

from eventapp.models.accounts import PrivateLink, User, UserEdition
from eventapp.models.attendance import CheckIn
from eventapp.models.audit import AuditEntry
from eventapp.models.bodies import Body, EditionBody, Partnership
from eventapp.models.content import ContentVersion, Upload
from eventapp.models.counting import BadgeCategory, BadgeRule, ErasedCount
from eventapp.models.delegations import (
    CredentialDocument,
    Delegation,
    DelegationInvitation,
    FocalPoint,
    Quota,
)
from eventapp.models.duplicates import DuplicatePair, DuplicateSearch
from eventapp.models.editions import Edition, FigureClaim
from eventapp.models.exports import ColumnSet, ExportJob
from eventapp.models.imports import ImportJob
from eventapp.models.mail import MailText, OutboxMessage, ReminderPlan, ReminderRun
from eventapp.models.privacy import PrivacyNotice
from eventapp.models.programme import (
    ProgrammeSession,
    ProgrammeSpeaker,
    Room,
    SessionInvitee,
    SessionSector,
    Speaker,
    Track,
)
from eventapp.models.programme_published import (
    DeletedSessionPerson,
    DocumentFile,
    ProgrammeDocument,
    ProgrammePublication,
    PublishedSession,
    SessionSignUp,
)
from eventapp.models.publications import Publication
from eventapp.models.reference import Country, CountryRegion, Region, RegionScheme, Sector
from eventapp.models.registrations import Registration

__all__ = [
    "AuditEntry",
    "BadgeCategory",
    "BadgeRule",
    "Body",
    "CheckIn",
    "ColumnSet",
    "ContentVersion",
    "Country",
    "CountryRegion",
    "CredentialDocument",
    "Delegation",
    "DelegationInvitation",
    "DeletedSessionPerson",
    "DocumentFile",
    "DuplicatePair",
    "DuplicateSearch",
    "Edition",
    "EditionBody",
    "ErasedCount",
    "ExportJob",
    "FigureClaim",
    "FocalPoint",
    "ImportJob",
    "MailText",
    "OutboxMessage",
    "Partnership",
    "PrivacyNotice",
    "PrivateLink",
    "ProgrammeDocument",
    "ProgrammePublication",
    "ProgrammeSession",
    "ProgrammeSpeaker",
    "Publication",
    "PublishedSession",
    "Quota",
    "Region",
    "RegionScheme",
    "Registration",
    "ReminderPlan",
    "ReminderRun",
    "Room",
    "Sector",
    "SessionInvitee",
    "SessionSector",
    "SessionSignUp",
    "Speaker",
    "Track",
    "Upload",
    "User",
    "UserEdition",
]
