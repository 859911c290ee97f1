"""The built apps and the libraries' static files, straight from where they lie: no collecting step."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils._os import safe_join
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from springline.platform import tls

APPS = ("desk", "courier")
_HOUR = 3600
# Asked for again and again to learn whether there is something newer.
_FRESH = {"sw.js", "manifest.webmanifest", "index.html"}


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, app: str, path: str = "") -> HttpResponse:
    """The one page of `app`, whatever its own router shows; or what to do when it is not built."""
    file = _dist(app) / "index.html"
    try:
        response = HttpResponse(file.read_bytes(), content_type="text/html; charset=utf-8")
    except FileNotFoundError:
        return render(request, "page_not_built.html", status=503)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The home's own certificate authority, to be trusted once on each device. Nothing in it is secret."""
    path = tls.authority_file(settings.HOME)
    if not settings.HOME.tls_names or not path.is_file():
        raise Http404("no certificate authority")
    return HttpResponse(path.read_bytes(), content_type="application/x-x509-ca-cert")


@require_safe
def asset(request: HttpRequest, path: str) -> HttpResponse:
    found = _find(path)
    if found is None or not found.is_file():
        raise Http404(path)
    changed = int(found.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if since is not None and changed <= since:
        return HttpResponse(status=304)
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    response = HttpResponse(found.read_bytes(), content_type=kind)
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = _keeping(path)
    if path == "courier/sw.js":
        # It lies under /static/ and serves the pages under /courier/.
        response["Service-Worker-Allowed"] = "/courier/"
    return response


def _keeping(path: str) -> str:
    app, _slash, rest = path.partition("/")
    if app in APPS:
        # The build names its assets by their content.
        if rest.startswith("assets/"):
            return "public, max-age=31536000, immutable"
        if rest in _FRESH:
            return "no-cache"
    return f"max-age={_HOUR}"


def _dist(app: str) -> Path:
    return Path(settings.HOME.frontend_dir, app, "dist")


def _find(path: str) -> Path | None:
    app, slash, rest = path.partition("/")
    try:
        if app in APPS and slash:
            return Path(safe_join(_dist(app), rest))
        found = finders.find(path)
    except (SuspiciousFileOperation, ValueError):
        return None
    return Path(found) if found else None
