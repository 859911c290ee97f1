"""Of when the file of mobile prefixes is, and whether it can be read, people are told."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from springline.business import checkup
from springline.business.accounts.roles import Role
from springline.business.customers import prefix_file
from springline.platform.findings import Level
from tests.unit.customers.prefix_files import phone_dat
from tests.unit.messaging.conftest import as_role  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(db: None) -> Iterator[Path]:
    path = settings.HOME.home / "regions"
    path.mkdir(exist_ok=True)
    yield path
    for name in ("phone.dat", "prefixes.csv"):
        (path / name).unlink(missing_ok=True)


def test_without_a_file_nobody_is_out_of_area_and_that_is_said(folder: Path) -> None:
    found = checkup.prefixes()
    assert found.level is Level.GOOD
    assert "没有人会听到" in found.zh


def test_the_date_and_the_number_of_prefixes_stand_in_the_back_office(
    folder: Path,
    as_role: Callable[[Role], Client],  # noqa: F811
) -> None:
    (folder / "phone.dat").write_bytes(phone_dat(version=b"2602"))
    owner = as_role(Role.OWNER)
    for table in ("numbertag", "exchangeprefix"):
        text = owner.get(reverse(f"admin:customers_{table}_changelist")).content.decode()
        assert "phone.dat，数据日期 2026-02" in text


def test_a_file_that_cannot_be_read_is_a_fault(folder: Path) -> None:
    (folder / "phone.dat").write_bytes(b"nonsense")
    found = checkup.prefixes()
    assert found.level is Level.FAULT
    assert "phone.dat 无法读取" in found.zh


@pytest.mark.parametrize(("dated", "old"), [("2024-10", True), ("2024-11", False), ("", False)])
def test_older_than_two_years_is_old(dated: str, old: bool) -> None:
    assert prefix_file.PrefixFile("prefixes.csv", dated, 9).old(date(2026, 11, 28)) is old
