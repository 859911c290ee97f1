"""How a desk phone registers is shown in the back office, to whom may change agents, and audited."""

import pytest
from django.urls import reverse

from springline.business.accounts.models import AuditRow, User
from springline.business.accounts.roles import Role
from springline.business.hotline.models import Agent
from springline.business.hotline.services import phone_user
from tests.unit.business import people


@pytest.mark.parametrize(
    ("device", "desk_phone", "user"),
    [("webrtc", False, None), ("webrtc", True, "agent-1001.sip"), ("sip", False, "agent-1001")],
)
def test_shown_and_audited(  # type: ignore[no-untyped-def]
    signed_in, xiaoan: User, device: str, desk_phone: bool, user: str | None
) -> None:
    Agent.objects.filter(pk="1001").update(device=device, desk_phone=desk_phone)
    agent = Agent.objects.get(pk="1001")
    assert phone_user(agent) == user
    client = signed_in(people.a(Role.ADMIN))
    chosen = {"action": "show_registration", "_selected_action": ["1001"]}
    page = client.post(reverse("admin:hotline_agent_changelist"), chosen, follow=True).content.decode()
    assert (agent.sip_password in page) is (user is not None)
    assert AuditRow.objects.filter(what="agent.registration_shown").exists() is (user is not None)


def test_supervisors_are_not_shown_it(signed_in, xiaoan: User) -> None:  # type: ignore[no-untyped-def]
    client = signed_in(people.a(Role.SUPERVISOR))
    chosen = {"action": "show_registration", "_selected_action": ["1001"]}
    page = client.post(reverse("admin:hotline_agent_changelist"), chosen, follow=True).content.decode()
    assert Agent.objects.get(pk="1001").sip_password not in page
