"""Django settings for tests: a throw-away home, SQLite, or PostgreSQL by SPRINGLINE_TEST_DATABASE_URL."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from springline.business.settings_base import *  # noqa: F403
from springline.business.settings_base import database, of_home
from springline.platform.settings import load

_home = Path(tempfile.mkdtemp(prefix="springline-test-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
globals().update(of_home(load(_home)))

DEBUG = False
LANGUAGE_CODE = "zh-hans"
DATABASES = {"default": database(os.environ.get("SPRINGLINE_TEST_DATABASE_URL"), _home / "db.sqlite3")}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, because views run in threads of their own and a memory database knows one connection.
    DATABASES["default"]["TEST"] = {"NAME": _home / "test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
