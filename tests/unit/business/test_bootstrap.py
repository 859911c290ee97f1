import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from springline.business import bootstrap
from springline.business.accounts import services as accounts
from springline.business.accounts.models import User
from springline.business.accounts.roles import Role
from springline.business.hotline import services
from springline.business.hotline.models import Agent, Hotline, IvrVersion
from springline.contracts.config import Device

pytestmark = pytest.mark.django_db


def test_the_demo_is_seeded_once(recordings_dir: object, settings) -> None:  # type: ignore[no-untyped-def]
    first = bootstrap.seed_demo("flow: 1\n", "v1")
    assert first.created
    path = settings.HOME.home / "demo-users.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {user.username for user in first.users} == {
        "agent1001", "agent1002", "agent1003", "agent1004", "monitor", "owner", "finance", "admin",
        "courier01", "courier02", "courier03", "courier04",
    }  # fmt: skip
    assert all(User.objects.get(username=u.username).check_password(u.password) for u in first.users)
    hashes = set(User.objects.values_list("password", flat=True))
    second = bootstrap.seed_demo("flow: 1\n", "v1")
    assert not second.created
    assert second.users == first.users == bootstrap.demo_users(settings.HOME)
    assert set(User.objects.values_list("password", flat=True)) == hashes


def test_the_demo_serves_every_queue(recordings_dir: object) -> None:
    bootstrap.seed_demo("flow: 1\n", "v1")
    config = services.build_config()
    served = {queue for agent in config.agents for queue in agent.queues}
    assert served == {queue.id for queue in config.queues}
    assert [agent.id for agent in config.agents if "huoshan" in agent.queues] == ["1001", "1003"]
    assert config.hotlines[0].number == "4000564000"


def test_what_people_changed_stays_and_a_new_flow_goes_live(recordings_dir: object) -> None:
    bootstrap.seed_demo("flow: 1\n", "v1")
    Agent.objects.filter(pk="1001").update(name="坐席小改")
    bootstrap.seed_demo("flow: 2\n", "v2")
    assert Agent.objects.get(pk="1001").name == "坐席小改"
    assert IvrVersion.objects.get(state="live").version == "v2"
    bootstrap.seed_demo("flow: 1\n", "v1")
    assert IvrVersion.objects.get(state="live").version == "v2"


def test_a_lost_password_file_gives_new_passwords(recordings_dir: object, settings) -> None:  # type: ignore[no-untyped-def]
    bootstrap.seed_demo("flow: 1\n", "v1")
    (settings.HOME.home / "demo-users.json").unlink()
    for user in bootstrap.seed_demo("flow: 1\n", "v1").users:
        assert User.objects.get(username=user.username).check_password(user.password)


def test_without_a_place_for_the_passwords_there_are_no_users(  # type: ignore[no-untyped-def]
    recordings_dir: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bootstrap, "_write_users", full)
    with pytest.raises(OSError, match="space"):
        bootstrap.seed_demo("flow: 1\n", "v1")
    assert not User.objects.exists()
    assert not Hotline.objects.exists()


def test_tokens_and_devices(agents: object) -> None:
    assert bootstrap.create_token("x", ["read", "control"]).startswith("spl_")
    with pytest.raises(ValueError, match="everything"):
        bootstrap.create_token("x", ["everything"])
    bootstrap.set_agent_device("1001", Device.SIP)
    assert Agent.objects.get(pk="1001").device == "sip"
    with pytest.raises(KeyError):
        bootstrap.set_agent_device("9999", Device.SIP)


def test_the_given_home_counts_and_not_the_one_in_the_environment(tmp_path: Path) -> None:
    """In a process of its own, because Django is set up once."""
    program = (
        "from pathlib import Path; from springline.business import bootstrap;"
        "from springline.platform import settings as s;"
        f"bootstrap.bootstrap_django(s.create(Path({str(tmp_path / 'meant')!r})));"
        "from django.conf import settings; print(settings.HOME.home)"
    )
    environment = {**os.environ, "SPRINGLINE_HOME": str(tmp_path / "other"), "DJANGO_SETTINGS_MODULE": "x.y"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(tmp_path / "meant")
    assert not (tmp_path / "other").exists()


def test_a_random_password_is_hashed_quickly_and_slowly_from_the_first_sign_in_on(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = accounts.create_user("u", "abcdefghjkmnpq", name="U", role=Role.AGENT, machine_made=True)
    assert user.password.split("$")[1] == "1000"
    assert not user.check_password("wrong")
    assert user.check_password("abcdefghjkmnpq")
    user.refresh_from_db()
    assert int(user.password.split("$")[1]) > 100_000
    assert user.check_password("abcdefghjkmnpq")
