"""Addresses. The same in every service, so that each can write links to all of them."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url=reverse_lazy("admin:index")), name="index"),
]
if apps.is_installed("openwisp.identity"):
    from .identity.logout import logout

    urlpatterns.append(path("admin/logout/", logout))
urlpatterns += [
    path("admin/", admin.site.urls),
    path("", include("openwisp_controller.urls")),
    path("api/v1/", include("openwisp_utils.api.urls")),
    path("api/v1/", include("openwisp_users.api.urls")),
]
for _app, _urls in (
    ("openwisp_monitoring.monitoring", "openwisp_monitoring.urls"),
    ("openwisp_network_topology", "openwisp_network_topology.urls"),
    ("openwisp_firmware_upgrader", "openwisp_firmware_upgrader.urls"),
    ("openwisp_radius", "openwisp_radius.urls"),
):
    if apps.is_installed(_app):
        urlpatterns.append(path("", include(_urls)))
