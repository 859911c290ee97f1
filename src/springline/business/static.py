"""The built desk and the libraries' static files, straight from where they lie: no collecting step."""

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

_DESK = "desk/"
_HOUR = 3600


@require_safe
@ensure_csrf_cookie
def desk(request: HttpRequest, path: str = "") -> HttpResponse:
    """The desk's one page, whatever its own router shows; or what to do when it is not built."""
    page = settings.HOME.frontend_dir / "index.html"
    try:
        response = HttpResponse(page.read_bytes(), content_type="text/html; charset=utf-8")
    except FileNotFoundError:
        return render(request, "desk_not_built.html", status=503)
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
    # The build names its assets by their content.
    hashed = path.startswith(f"{_DESK}assets/")
    response["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else f"max-age={_HOUR}"
    return response


def _find(path: str) -> Path | None:
    try:
        if path.startswith(_DESK):
            return Path(safe_join(settings.HOME.frontend_dir, path.removeprefix(_DESK)))
        found = finders.find(path)
    except (SuspiciousFileOperation, ValueError):
        return None
    return Path(found) if found else None
