from collections.abc import Iterator

import pytest

from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.customers import hooks, lookups, pops


@pytest.fixture(autouse=True)
def hooks_of_this_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (
        "pop_parts",
        "export_parts",
        "erasers",
        "forgetters",
        "erase_blockers",
        "searches",
        "last_delivery",
        "last_order",
        "open_order",
    ):
        monkeypatch.setattr(hooks, name, {})
    pops.forget()
    yield
    pops.forget()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up in this thread: a test's transaction is not seen from another one."""
    monkeypatch.setattr(lookups, "within", lambda _budget, look: look())


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("monitor", "quiet-river-17", name="班长", role=Role.SUPERVISOR)
