"""Handing messages to a mail server: smtp://, smtps:// and smtp+starttls://user:password@host:port."""

import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Final, Self
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS: Final = 20.0
_PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class NotSent(Exception):  # noqa: N818 - the outcome, as the caller says it
    """The message was not taken; `permanent` if the server said that a repeat is of no use."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


class MailServer:
    """One connection for a batch of messages, opened with the first and opened again after it broke."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = urlsplit(url)
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None
        self._problem = (
            ""  # why no connection could be opened; the rest of the batch need not wait for that again
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye where that is still possible."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand over one message; raises NotSent, permanent only where the server refused this message for good.

        What the server says about us (sign-in, sender, too many connections) is never taken as permanent.
        """
        connection = self._connection or self._open()
        try:
            connection.send_message(message, from_addr=sender, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise NotSent(_text(code, text), permanent=500 <= code < 600) from error
        except smtplib.SMTPDataError as error:
            raise NotSent(
                _text(error.smtp_code, error.smtp_error), permanent=500 <= error.smtp_code < 600
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotSent(
                f"the mail server cannot write to such an address ({error})", permanent=True
            ) from error
        except smtplib.SMTPResponseException as error:
            self.close()
            raise NotSent(_text(error.smtp_code, error.smtp_error), permanent=False) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotSent(f"{type(error).__name__}: {error}", permanent=False) from error

    def _open(self) -> smtplib.SMTP:
        if self._problem:
            raise NotSent(self._problem, permanent=False)
        try:
            self._connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            self._problem = f"no connection to the mail server: {type(error).__name__}: {error}"
            raise NotSent(self._problem, permanent=False) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        scheme, host = self._url.scheme, self._url.hostname or "localhost"
        port = self._url.port or _PORTS[scheme]
        if scheme == "smtps":
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=context)
        else:
            connection = smtplib.SMTP(host, port, timeout=self._timeout)
        try:
            if scheme == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if self._url.username:
                connection.login(unquote(self._url.username), unquote(self._url.password or ""))
            connection.ehlo_or_helo_if_needed()  # so that it is known what the server can before the first message
        except BaseException:
            connection.close()
            raise
        return connection


def _text(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"
