"""All reads of hotline."""

from springline.business.hotline.models import Agent, PauseReason, Queue


def queue_names() -> dict[str, str]:
    return dict(Queue.objects.values_list("id", "name"))


def agent_names() -> dict[str, str]:
    return dict(Agent.objects.values_list("id", "name"))


def pause_names() -> dict[str, tuple[str, str]]:
    """In Chinese and English; also of those that are not offered any more."""
    named = PauseReason.objects.values_list("code", "name_zh", "name_en")
    return {code: (zh, en or zh) for code, zh, en in named}


def pause_reasons() -> list[PauseReason]:
    return list(PauseReason.objects.filter(active=True))
