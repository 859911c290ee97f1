"""Django settings that are the same in every installation. What a home decides: `of_home`."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from springline.business.back_office import SIDEBAR
from springline.platform.settings import Settings, SettingsError

HERE = Path(__file__).parent

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "ninja",
    "import_export",
    "simple_history",
    "springline.business.accounts",
    "springline.business.hotline",
    "springline.business.calls",
    "springline.business.catalog",
    "springline.business.vouchers",
    "springline.business.customers",
    "springline.business.orders",
    "springline.business.messaging",
    "springline.business.delivery",
    "springline.business.complaints",
    "springline.business.knowledge",
    "springline.business.reports",
]
MIDDLEWARE = [
    "springline.business.policy.secure_cookies",
    "django.middleware.security.SecurityMiddleware",
    "springline.business.policy.ContentPolicy",
    "springline.business.policy.page_policies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "springline.business.policy.api_language",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "springline.business.accounts.gate.second_factor_gate",
    "springline.business.typed.typed_forms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "springline.business.urls"
ASGI_APPLICATION = "springline.business.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
APPEND_SLASH = True

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = ["springline.business.formats"]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/admin/login/"
AXES_FAILURE_LIMIT = 5
# Hours. A shared office address must not lock out the whole room, hence the pair.
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "springline.business.http.locked_out"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "springline.business.http.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Element Plus sets style attributes while it measures and positions.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]

# Going back is done by changing the row again: the form checks it, and the history stays true.
SIMPLE_HISTORY_REVERT_DISABLED = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_TMP_STORAGE_CLASS = "springline.business.tables.storage.PreviewStorage"

UNFOLD = {
    "SITE_TITLE": _("Springline"),
    "SITE_HEADER": _("Springline"),
    "SITE_SUBHEADER": _("Back office"),
    "SITE_SYMBOL": "water_drop",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": SIDEBAR,
    # The desk's water blue, #1677C8, and shades of it.
    "COLORS": {
        "primary": {
            "50": "#eef6fd",
            "100": "#d8eafa",
            "200": "#b3d6f5",
            "300": "#81baee",
            "400": "#479ae2",
            "500": "#1677c8",
            "600": "#1269b2",
            "700": "#0f5692",
            "800": "#0e4775",
            "900": "#0d3a5f",
            "950": "#08243d",
        }
    },
}


def of_home(home: Settings) -> dict[str, Any]:
    """The settings that follow from one home. Raises SettingsError on an unusable database URL."""
    return {
        "HOME": home,
        "DEBUG": home.debug,
        "SECRET_KEY": home.secrets.django_key,
        "ALLOWED_HOSTS": list(home.allowed_hosts),
        "LANGUAGE_CODE": "en" if home.language.startswith("en") else "zh-hans",
        "DATABASES": {"default": pooled(database(home.database_url, home.db_path), len(home.web_names))},
        # Homes side by side share 127.0.0.1, and browsers keep cookies per host, not per port.
        "SESSION_COOKIE_NAME": f"springline_{home.web_port}",
    }


MOST_CONNECTIONS, LEAST_CONNECTIONS, TOGETHER = 16, 6, 32


def pooled(found: dict[str, Any], processes: int = 1) -> dict[str, Any]:
    """PostgreSQL's connections outlive a request: a new one takes longer than a whole order.

    More requests at once than connections wait their turn, `timeout` seconds at most. Many web processes have
    fewer each: a server takes 100 connections unless told otherwise. While the server is away each request
    waits as long: with more, all threads of the web process would soon do nothing else.
    The pool gives up on a connection after `reconnect_timeout`, and the next request begins anew: it would
    otherwise try after ever longer pauses, and stay away minutes after the server is back.
    """
    if found["ENGINE"] == "django.db.backends.postgresql":
        most = max(LEAST_CONNECTIONS, min(MOST_CONNECTIONS, TOGETHER // processes))
        found["OPTIONS"]["pool"] = {"min_size": 2, "max_size": most, "timeout": 4, "reconnect_timeout": 3}
    return found


def database(url: str | None, sqlite_path: Path) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "springline.business.sqlite3_turns",
            "NAME": sqlite_path,
            # As long as the thread: to open the file and add Django's functions takes as long as an order.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 15,
                "transaction_mode": "IMMEDIATE",
                # Pages; the web process sees to it long before: sqlite3_turns.checkpoints.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=8000;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise SettingsError("database_url must read postgresql://user:password@host:5432/name")
    options = {
        # The server plans what it has seen five times once for each connection.
        "server_side_binding": True,
        "prepare_threshold": 5,
        # Machine code for a statement takes longer than any of ours.
        "options": "-c jit=off",
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, **dict(parse_qsl(parts.query))},
    }
