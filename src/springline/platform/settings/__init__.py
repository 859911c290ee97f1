"""Settings of one home: a folder that holds everything one installation owns.

Order of precedence: environment `SPRINGLINE_<NAME>`, then `settings.toml` in the home, then the default.
Secrets are made at first use, in `secrets.toml` (mode 0600), and never leave the home.
"""

from springline.platform.settings.files import create, load
from springline.platform.settings.model import HANG_UP_CAUSES, Secrets, Settings, SettingsError

__all__ = ["HANG_UP_CAUSES", "Secrets", "Settings", "SettingsError", "create", "load"]
