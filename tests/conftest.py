"""What several suites share: certificates and one Dovecot a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from support.certificates import Certificates, make_certificates
from support.dovecot import ODD_PASSWORD, ODD_USER, Account, Dovecot, missing

settings.register_profile("shared machines", deadline=None)  # a busy neighbour is no fault of the code
settings.load_profile("shared machines")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    """A running Dovecot; where it is not installed, the test is skipped."""
    if reason := missing():
        pytest.skip(reason)
    with Dovecot(certificates.good, certificates.ca_file, {ODD_USER: ODD_PASSWORD}) as server:
        yield server


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """A user with an empty mailbox."""
    return dovecot.account()
