"""Ports: which are free, and who is told that one is not."""

import socket

import pytest

from springline.platform.supervisor import (
    Port,
    PortTaken,
    check_free,
    free_port,
    free_ports,
    free_range,
    ports,
)


@pytest.mark.parametrize(("kind", "type_"), [("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)])
def test_a_taken_port_is_named_with_its_setting_in_both_languages(kind: str, type_: int) -> None:
    with socket.socket(socket.AF_INET, type_) as other:
        other.bind(("127.0.0.1", 0))
        if kind == "tcp":
            other.listen()
        port = Port(setting="sip_port", host="127.0.0.1", number=other.getsockname()[1], kind=kind)
        with pytest.raises(PortTaken) as caught:
            check_free([port])
    chinese, english = str(caught.value).splitlines()
    for message in (chinese, english):
        assert str(port.number) in message
        assert "sip_port" in message
        assert "SPRINGLINE_SIP_PORT" in message
    check_free([port])


def test_an_address_of_another_machine_is_said_to_be_one() -> None:
    with pytest.raises(PortTaken, match="not on this machine"):
        check_free([Port(setting="sip_port", host="203.0.113.1", number=free_port("udp"), kind="udp")])


def test_free_ports_are_different() -> None:
    assert len(set(free_ports(20))) == 20


def test_free_ports_are_none_that_the_kernel_hands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those are taken by whatever connects meanwhile, and neighbours are seldom free among them."""
    monkeypatch.setattr(ports, "_quiet", lambda: range(10_000, 32_768))
    first, last = free_range(200)
    singles = [free_port(), free_port("udp"), *free_ports(20)]
    assert 10_000 <= first < last < min(singles) <= max(singles) < 32_768


def test_where_no_quiet_neighbours_are_free_others_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = range(10_000, 32_768)
    monkeypatch.setattr(ports, "_quiet", lambda: quiet)
    monkeypatch.setattr(ports, "_all_free", lambda wanted, _host: wanted.start not in quiet)
    assert free_range(200)[0] not in quiet


def test_where_the_kernel_hands_out_all_ports_some_are_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_quiet", lambda: range(10_000, 1024))
    assert len({free_port(), free_port("udp"), *free_ports(5), *free_range(4)}) == 9


def test_a_port_that_another_has_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        taken = free_port()
        other.bind(("127.0.0.1", taken))
        other.listen()
        # The last quarter is this port and its neighbour.
        monkeypatch.setattr(ports, "_quiet", lambda: range(taken - 6, taken + 2))
        assert {free_port() for _ in range(4)} == {taken + 1}


def test_rtp_ports_start_even_and_are_neighbours() -> None:
    first, last = free_range(10)
    assert first % 2 == 0
    assert last - first == 9
