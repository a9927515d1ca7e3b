"""E-mail addresses, checked by their form and without asking the network."""

from email_validator import EmailNotValidError, validate_email

from eventapp.errors import Refused


def checked_email(text: str) -> str:
    """The address in its normal form, in small letters, so that it is found again; refuses what no server would take."""
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Refused("Enter an e-mail address such as name@ministry.example.") from None
    return checked.normalized.lower()
