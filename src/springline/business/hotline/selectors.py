"""All reads of hotline."""

from springline.business.hotline.models import Agent, PauseReason, Queue


def queue_names() -> dict[str, str]:
    return dict(Queue.objects.values_list("id", "name"))


def agent_names() -> dict[str, str]:
    return dict(Agent.objects.values_list("id", "name"))


def pause_reasons() -> list[PauseReason]:
    return list(PauseReason.objects.filter(active=True))
