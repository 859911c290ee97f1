"""Addresses of the web process."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.generic import RedirectView

from springline.business import metrics, static
from springline.business.api import api
from springline.business.delivery.live import live as courier_live
from springline.business.live.views import live


def no_icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name no icon."""
    return HttpResponse(status=204)


urlpatterns = [
    path("favicon.ico", no_icon),
    path("ca.crt", static.authority),
    path("", RedirectView.as_view(url="/desk/")),
    path("metrics", metrics.page),
    path("api/live", live),
    path("api/courier/live", courier_live),
    path("api/", api.urls),
    path("admin/login/", RedirectView.as_view(url="/desk/", query_string=True)),
    path("admin/", admin.site.urls),
    re_path(rf"^(?P<app>{'|'.join(static.APPS)})/(?P<path>.*)$", static.page),
    re_path(r"^static/(?P<path>.*)$", static.asset),
]
