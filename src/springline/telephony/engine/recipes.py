"""What is taken from the distribution: root packages, and which dependencies are not followed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Recipe:
    """A set of packages unpacked together. `cut` are patterns of package names that are not followed."""

    name: str
    roots: tuple[str, ...]
    cut: tuple[str, ...] = ()

    def digest(self, *more: str) -> str:
        """Changes whenever the recipe or one of `more` (suite, architecture) changes."""
        return hashlib.sha256(json.dumps([asdict(self), more]).encode()).hexdigest()[:16]


# Modules that need these are not loaded by our module list (modules.py); the check after unpacking proves it.
_UNUSED_BY_OUR_MODULES = (
    r"adduser|asterisk-config.*|libpopt0",
    r"libcodec2-.*|libcurl4.*|libglib2\.0-.*|libgmime-.*|libical3.*|libiksemel3|libjack-.*|libjwt\d.*|libldap.*",
    r"liblua5.*|libneon27.*|libodbc2|libogg0|libopencore-.*|libopusenc0|libopusfile0|libportaudio2|libpq5",
    r"libradcli4|libresample1|libsnmp\d+.*|libspandsp2.*|libsybdb5|libunbound8|libvo-amrwbenc0|libvorbis.*",
)
# Reached only through package relations, never through a library we load.
_NOT_LIBRARIES = (
    r"gcc-\d+-base|debconf.*|openssl-provider-.*|libc-gconv-.*|systemd.*|libsystemd-shared|tzdata.*",
)

ENGINE = Recipe(
    name="engine",
    roots=("asterisk", "asterisk-modules", "asterisk-core-sounds-en-gsm", "nats-server"),
    cut=_UNUSED_BY_OUR_MODULES + _NOT_LIBRARIES + (r"asterisk-core-sounds-en",),
)

SIPP = Recipe(name="sipp", roots=("sip-tester",))
# Headless Chromium draws in software of its own and never opens GTK.
_ONLY_ON_A_DESKTOP = (
    r"libllvm.*|libgl1-mesa-dri|libz3-.*|adwaita-icon-theme|hicolor-icon-theme|libgtk-3-.*|gtk-update-icon-cache",
    r"systemd.*|libsystemd-shared|libpam-systemd|dbus.*|dconf-.*|x11-.*|xdg-utils|procps|shared-mime-info",
)
CHROMIUM = Recipe(name="chromium", roots=("chromium", "fonts-noto-cjk"), cut=_ONLY_ON_A_DESKTOP)
# WeasyPrint draws with these; the font is the lightest with all of GB 2312 that reads well on paper.
PRINTING_FONT = Recipe(
    name="printing", roots=("fonts-wqy-microhei", "libharfbuzz-subset0"), cut=(r"libharfbuzz0b",)
)
PRINTING = Recipe(
    name="printing",
    roots=(
        *PRINTING_FONT.roots,
        "libpango-1.0-0",
        "libpangoft2-1.0-0",
        "libharfbuzz0b",
        "libfontconfig1",
    ),
    # We write a configuration of our own, which needs neither the distribution's nor its programs.
    cut=(r"fontconfig(-config)?|fonts-dejavu.*|fonts-liberation.*|libglib2\.0-data|shared-mime-info|ucf",),
)
# A server for one program on one machine: no cluster manager, no JIT compiler, no certificates.
_ONLY_FOR_A_SERVICE = (
    r"postgresql|postgresql-common.*|postgresql-client-common|ssl-cert|locales.*|tzdata.*|debconf.*|adduser",
    r"libllvm.*|llvm.*|libclang.*|libz3-.*|perl.*|libperl.*|lib.*-perl|sysstat|logrotate|netbase|cron.*|ucf",
    r"systemd.*|libsystemd-shared|libpam-systemd|dbus.*|procps|lsb-base|sensible-utils|openssl",
)
POSTGRES = Recipe(name="postgres", roots=("postgresql",), cut=_ONLY_FOR_A_SERVICE)
PIP = Recipe(name="pip", roots=("python3-pip-whl",))
