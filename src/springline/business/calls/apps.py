from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "springline.business.calls"
    label = "calls"
    verbose_name = _("Calls")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from springline.business import jobs
        from springline.business.calls import masking, mending_alarm, numbers, parts, trunk_alarm, turned_away
        from springline.business.calls.callbacks import tasks

        parts.register()
        tasks.register()
        trunk_alarm.register()
        mending_alarm.register()
        turned_away.register()
        numbers.register()
        jobs.every(900.0, "calls.masked_numbers", masking.look)
