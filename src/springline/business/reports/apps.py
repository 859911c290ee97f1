from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "springline.business.reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from springline.business.reports import alarm

        alarm.register()
