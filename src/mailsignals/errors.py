"""Every error a person can meet, each with its reason, its remedy and its exit status.

    MailsignalsError
    ├── UsageFault            64  the command line asks for something that cannot be
    ├── DataUnreadable        65  a file or line of the user's is not what it should be
    │   └── LabelsInvalid     65  labelled mail breaks the file format (file and line named)
    ├── InputMissing          66  a file, folder or message that was named is not there
    ├── HostUnknown           68  a server's name cannot be resolved
    ├── ServerUnavailable     69  a server does not answer, or broke off
    │   ├── CertificateRefused 69 a server's TLS certificate cannot be trusted
    │   ├── DeliveryRefused   69  it will never take this mail
    │   └── DeliveryUnsure    69  the line broke when a mail may already have left
    ├── FolderMissing         69  a folder named in the settings is not on the server
    ├── ModelUnreadable       70  a model's files are damaged, foreign or of another version
    ├── StoreUnwritable       73  the store cannot be created or has no room left
    ├── SystemRefused         74  the operating system refused something unforeseen
    ├── TryLater              75  a passing condition: a second scan, a throttling server
    │   └── AlreadyRunning    75  another scan holds the lock
    ├── LoginRefused          77  a server refused user or password
    │   └── SecretMissing     77  no password is to be had from keyring, environment or command
    ├── SettingsInvalid       78  mailsignals.toml has one or more faults, all listed
    └── SettingFault          78  one of those faults

The numbers are those of BSD's ``sysexits.h``. An error never carries a mail's body or a password.
"""

from __future__ import annotations

from collections.abc import Sequence


class MailsignalsError(Exception):
    """What went wrong, why, and what to type to mend it.

    Args:
        what: One sentence with the value that was wrong.
        why: The reason, or the consequence.
        remedy: Something that can be typed or done now.

    >>> print(InputMissing("notes.mbox is not there.", why="no file has that name.", remedy="check the path."))
    [66] notes.mbox is not there.
         why:    no file has that name.
         remedy: check the path.
    """

    exit_code = 70

    def __init__(self, what: str, *, why: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return f"[{self.exit_code}] {self.what}\n     why:    {self.why}\n     remedy: {self.remedy}"


class UsageFault(MailsignalsError):
    """The command line asks for something that cannot be."""

    exit_code = 64


class DataUnreadable(MailsignalsError):
    """A file or line of the user's is not what it should be."""

    exit_code = 65


class LabelsInvalid(DataUnreadable):
    """Labelled mail breaks the file format; file and line are named."""


class InputMissing(MailsignalsError):
    """A file, folder or message that was named is not there."""

    exit_code = 66


class HostUnknown(MailsignalsError):
    """A server's name cannot be resolved."""

    exit_code = 68


class ServerUnavailable(MailsignalsError):
    """A server does not answer, or broke off."""

    exit_code = 69


class CertificateRefused(ServerUnavailable):
    """A server's TLS certificate cannot be trusted."""


class DeliveryUnsure(ServerUnavailable):
    """The line broke after a mail was handed over: it may have arrived."""


class DeliveryRefused(ServerUnavailable):
    """A server will never take this mail, while it may take others (RFC 5321: a reply of 5yz to the mail's content)."""


class FolderMissing(MailsignalsError):
    """A folder named in the settings is not on the server."""

    exit_code = 69


class ModelUnreadable(MailsignalsError):
    """A model's files are damaged, foreign or of another version."""

    exit_code = 70


class StoreUnwritable(MailsignalsError):
    """The store cannot be created, opened or has no room left."""

    exit_code = 73


class SystemRefused(MailsignalsError):
    """The operating system refused something that no part of the program foresaw (``EX_IOERR``)."""

    exit_code = 74


class TryLater(MailsignalsError):
    """A passing condition: the same command may succeed later."""

    exit_code = 75


class AlreadyRunning(TryLater):
    """Another scan holds the lock."""


class LoginRefused(MailsignalsError):
    """A server refused the user or the password."""

    exit_code = 77


class SecretMissing(LoginRefused):
    """No password is to be had from keyring, environment or command."""


class SettingsInvalid(MailsignalsError):
    """mailsignals.toml has one or more faults; all of them are listed at once.

    Args:
        faults: One error a fault, in the order of the file.
    """

    exit_code = 78

    def __init__(self, faults: Sequence[MailsignalsError]) -> None:
        first = faults[0]
        super().__init__(first.what, why=first.why, remedy=first.remedy)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class SettingFault(MailsignalsError):
    """One fault in the settings; raised only inside ``SettingsInvalid``."""

    exit_code = 78
