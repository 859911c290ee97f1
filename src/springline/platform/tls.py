"""https for browsers on the local network, without a public name: a home's own authority and certificate.

The microphone is given only to pages of https or of the machine itself. The authority may sign nothing but
private addresses, local names and the names it was made for (RFC 5280, name constraints), so that trusting it
on a phone lets nobody impersonate any other site.
"""

import fcntl
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from springline.platform.files import write_whole
from springline.platform.findings import Finding, fault, good, warning
from springline.platform.settings import Settings, SettingsError

# Browsers refuse certificates that are valid for longer (CA/Browser Forum, 398 days).
VALID, RENEW_BEFORE = timedelta(days=397), timedelta(days=60)
WARN_BEFORE = timedelta(days=30)
AUTHORITY_VALID = timedelta(days=3650)
_ALWAYS = ("127.0.0.1", "localhost")
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10")
_LOCAL = ("localhost", "lan", "local", "internal", "home.arpa")


@dataclass(frozen=True)
class Pair:
    """Paths of a certificate with its chain, and of its key."""

    certificate: Path
    key: Path


def authority_file(settings: Settings) -> Path:
    """What browsers and phones have to trust once."""
    return settings.home / "tls" / "ca.crt"


def ensure(settings: Settings, now: datetime | None = None) -> Pair | None:
    """The home's certificate for `tls_names`, made or renewed if need be; None when https is off.

    Raises SettingsError when a name lies outside of what an older authority may sign.
    """
    if not settings.tls_names:
        return None
    now = now or datetime.now(UTC)
    folder = settings.home / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair(folder / "server.crt", folder / "server.key")
    names = tuple(dict.fromkeys((*settings.tls_names, *_ALWAYS)))
    # Web processes start side by side, and two authorities would not fit each other's keys.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        authority, key = _authority(folder, settings.tls_names, now)
        if not _fits(pair, authority, names, now):
            _issue(pair, authority, key, names, now)
    return pair


def checkup(settings: Settings, now: datetime | None = None) -> Finding:
    """Whether browsers accept the home's certificate, and its authority, for some time yet."""
    if not settings.tls_names:
        return good("certificate", "未启用 https", "https is off")
    now = now or datetime.now(UTC)
    try:
        files = (settings.home / "tls" / "server.crt", authority_file(settings))
        ends, begins = zip(*(_validity(file) for file in files), strict=True)
    except (OSError, ValueError) as error:
        return fault(
            "certificate",
            f"读不出 https 证书（{type(error).__name__}）",
            f"The certificate of https cannot be read ({type(error).__name__})",
            f"删除 {settings.home}/tls 并重启 springline up，各设备需重新信任。",
            f"Delete {settings.home}/tls and start `springline up` again; devices have to trust the new one.",
        )
    if max(begins) <= now < min(ends) - WARN_BEFORE:
        return good(
            "certificate",
            f"https 证书有效至 {min(ends):%Y-%m-%d}",
            f"The certificate is valid until {min(ends):%Y-%m-%d}",
        )
    late = not max(begins) <= now < min(ends)
    return (fault if late else warning)(
        "certificate",
        f"https 证书有效期 {max(begins):%Y-%m-%d} 至 {min(ends):%Y-%m-%d}，"
        f"{'浏览器会拒绝' if late else '即将过期'}",
        f"The certificate is valid from {max(begins):%Y-%m-%d} to {min(ends):%Y-%m-%d}: "
        f"{'browsers refuse it' if late else 'it ends soon'}",
        "先核对系统时间；证书由网页服务自动续签，未续签时重启它并看 log/web.log。颁发机构过期则删除 tls "
        "目录后重启，各设备重新信任。",
        "Check the clock first. The web process renews it by itself: else start it again and see "
        "log/web.log. An authority "
        "that has ended: delete the folder tls and start again, devices have to trust the new one.",
    )


def _validity(file: Path) -> tuple[datetime, datetime]:
    """End and beginning of the first certificate in a file."""
    certificate = x509.load_pem_x509_certificates(file.read_bytes())[0]
    return certificate.not_valid_after_utc, certificate.not_valid_before_utc


def client_context(settings: Settings) -> ssl.SSLContext | bool:
    """What our own programs verify the web process with."""
    if not settings.tls_names:
        return True
    return ssl.create_default_context(cafile=str(authority_file(settings)))


def _authority(
    folder: Path, names: tuple[str, ...], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path, key_path = folder / "ca.crt", folder / "ca.key"
    if path.exists() and key_path.exists():
        key = load_pem_private_key(key_path.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        _check_allowed(certificate, names, path)
        return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Springline 泉线 {now:%Y-%m-%d}")])
    builder = (
        _builder(name, name, key, now, AUTHORITY_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    write_whole(key_path, _pem(key), 0o600)
    write_whole(path, certificate.public_bytes(Encoding.PEM), 0o644)
    return certificate, key


def _check_allowed(authority: x509.Certificate, names: tuple[str, ...], path: Path) -> None:
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = constraints.permitted_subtrees or []
    for name in names:
        if not any(_covers(subtree, _general(name)) for subtree in permitted):
            raise SettingsError(
                f"证书颁发机构 {path} 不能为 {name} 签发，请删除该目录后重来（各设备需重新信任）。\n"
                f"The authority {path} may not sign for {name}: delete its folder and start again; "
                "devices have to trust the new one."
            )


def _covers(subtree: x509.GeneralName, name: x509.GeneralName) -> bool:
    if isinstance(subtree, x509.IPAddress) and isinstance(name, x509.IPAddress):
        network = subtree.value
        return (
            name.value in network
            if isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network)
            else False
        )
    if isinstance(subtree, x509.DNSName) and isinstance(name, x509.DNSName):
        return name.value == subtree.value or name.value.endswith(f".{subtree.value}")
    return False


def _permitted(names: tuple[str, ...]) -> list[x509.GeneralName]:
    networks = [ipaddress.ip_network(network) for network in _PRIVATE]
    subtrees: list[x509.GeneralName] = [x509.IPAddress(network) for network in networks]
    subtrees += [x509.DNSName(name) for name in _LOCAL]
    for name in names:
        general = _general(name)
        if any(_covers(subtree, general) for subtree in subtrees):
            continue
        subtrees.append(
            x509.IPAddress(ipaddress.ip_network(name)) if isinstance(general, x509.IPAddress) else general
        )
    return subtrees


def _fits(pair: Pair, authority: x509.Certificate, names: tuple[str, ...], now: datetime) -> bool:
    if not (pair.certificate.exists() and pair.key.exists()):
        return False
    leaf = x509.load_pem_x509_certificates(pair.certificate.read_bytes())[0]
    alternative = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if set(alternative) != {_general(name) for name in names} or leaf.issuer != authority.subject:
        return False
    return leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - RENEW_BEFORE


def _issue(
    pair: Pair,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    now: datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternative = x509.SubjectAlternativeName([_general(name) for name in names])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = (
        _builder(subject, authority.subject, key, now, VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(alternative, critical=False)
        .add_extension(identifier, critical=False)
    )
    certificate = builder.sign(authority_key, hashes.SHA256())
    write_whole(pair.key, _pem(key), 0o600)
    chain = certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)
    write_whole(pair.certificate, chain, 0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    # An hour back: clocks of phones differ.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + valid - timedelta(hours=1))
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
