"""All writes of hotline, and the config that follows from its rows."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from springline.business.accounts.models import ApiToken, User
from springline.business.accounts.services import audit
from springline.business.hotline import calendar, states
from springline.business.hotline.models import Agent, Hotline, IvrVersion, PublishedConfig, Queue
from springline.business.hotline.states import FlowEvent, FlowState
from springline.contracts import codec
from springline.contracts.config import (
    AgentConfig,
    Config,
    Device,
    FlowConfig,
    HotlineConfig,
    OutboundConfig,
    QueueConfig,
    Whisper,
)

Actor = User | ApiToken | None


@transaction.atomic
def draft_flow(hotline: Hotline, version: str, document: str, by: Actor = None) -> IvrVersion:
    flow = IvrVersion.objects.create(hotline=hotline, version=version, document=document)
    audit(by, "flow.drafted", flow, version=version)
    return flow


@transaction.atomic
def publish_flow(flow: IvrVersion, by: Actor = None, why: str = "") -> IvrVersion:
    """Make `flow` live; the version that was live is retired. A retired one that is published is a roll-back.

    Raises IllegalTransition when it is live already. The caller has the text checked (CheckFlow).
    """
    flow = IvrVersion.objects.select_for_update().get(pk=flow.pk)
    state = states.after(FlowState(flow.state), FlowEvent.PUBLISH)
    for present in IvrVersion.objects.select_for_update().filter(
        hotline=flow.hotline_id, state=FlowState.LIVE
    ):
        present.state = states.after(FlowState(present.state), FlowEvent.REPLACE)
        present.save(update_fields=["state"])
    flow.state, flow.live_at = state, timezone.now()
    flow.save(update_fields=["state", "live_at"])
    audit(by, "flow.published", flow, why=why, version=flow.version)
    return flow


def former_flow(hotline: Hotline) -> IvrVersion | None:
    """The version that was live before the present one."""
    return hotline.versions.filter(state=FlowState.RETIRED).order_by("-live_at").first()


@transaction.atomic
def set_agent_device(agent_id: str, device: Device, by: Actor = None) -> None:
    """Raises Agent.DoesNotExist."""
    agent = Agent.objects.select_for_update().get(pk=agent_id)
    if agent.device != device.value:
        agent.device = device.value
        agent.save(update_fields=["device"])
        audit(by, "agent.device", agent, device=device.value)


def phone_user(agent: Agent) -> str | None:
    """The name by which the agent's desk phone registers; None without one."""
    if agent.device == Device.SIP.value:
        return f"agent-{agent.pk}"
    return f"agent-{agent.pk}.sip" if agent.desk_phone else None


def softphone_secret(agent: Agent) -> str:
    """What the engine asks of the agent's browser; the SIP proxy answers it. Made of the home's own key."""
    bound = f"{agent.pk}|{agent.sip_password}"
    return salted_hmac("springline.softphone.engine", bound, algorithm="sha256").hexdigest()


def build_config(version: int = 0) -> Config:
    """What the live floor must know, from the rows as they are. Hotlines without a live flow are left out."""
    flows = IvrVersion.objects.filter(state=FlowState.LIVE).select_related("hotline").order_by("hotline_id")
    return Config(
        version=version,
        hotlines=tuple(_hotline(flow) for flow in flows),
        queues=tuple(_queue(queue) for queue in Queue.objects.prefetch_related("overflow_to")),
        agents=tuple(
            AgentConfig(
                id=agent.id,
                name=agent.name,
                queues=tuple(queue.id for queue in agent.queues.all()),
                device=Device(agent.device),
                sip_password=agent.sip_password,
                softphone_secret=softphone_secret(agent),
                desk_phone=agent.desk_phone,
                mobile=f"+86{agent.mobile}" if agent.mobile else None,
            )
            for agent in Agent.objects.filter(active=True).prefetch_related("queues")
        ),
    )


def digest_of(config: Config) -> str:
    """SHA-256 of what `config` says, its version left out."""
    content = codec.encode([config.hotlines, config.queues, config.agents])
    return hashlib.sha256(content).hexdigest()


def next_config(stored_version: int | None) -> Config | None:
    """The config to publish now, its version noted; None when the one in force says the same.

    `stored_version`: of the config on the bus, None when there is none. A new version is above both it and
    every former one, so that control never takes an older config for a newer one.
    """
    # Looks before it opens a transaction, which would take SQLite's write lock twice a second for nothing.
    if _in_force(build_config(), stored_version):
        return None
    with transaction.atomic():
        config = build_config()
        last = PublishedConfig.objects.select_for_update().first()
        version = max(last.version if last else 0, stored_version or 0) + 1
        PublishedConfig.objects.create(version=version, digest=digest_of(config))
        return build_config(version)


def _in_force(config: Config, stored_version: int | None) -> bool:
    last = PublishedConfig.objects.first()
    return last is not None and stored_version == last.version and last.digest == digest_of(config)


def _hotline(flow: IvrVersion) -> HotlineConfig:
    return HotlineConfig(
        number=flow.hotline.number,
        dids=tuple(flow.hotline.dids),
        flow=FlowConfig(version=flow.version, document=flow.document),
        area_code=flow.hotline.area_code,
        masked_callers=tuple(flow.hotline.masked_callers),
        hours=calendar.service_hours(flow.hotline),
        outbound=_outbound(flow.hotline),
    )


def _outbound(hotline: Hotline) -> OutboundConfig | None:
    if not hotline.callback_number:
        return None
    return OutboundConfig(
        callback_number=hotline.callback_number,
        allow=tuple(hotline.outbound_allow),
        daily_calls=hotline.outbound_daily,
        rate=hotline.outbound_rate,
        daily_spend=hotline.outbound_spend,
    )


def _queue(queue: Queue) -> QueueConfig:
    return QueueConfig(
        id=queue.id,
        name=queue.name,
        regions=tuple(queue.regions),
        transfer_prompt=queue.transfer_prompt or None,
        ring_timeout=queue.ring_timeout,
        retry_after=queue.retry_after,
        wrap_up=queue.wrap_up,
        announce_every=queue.announce_every,
        max_wait=queue.max_wait,
        overflow_after=queue.overflow_after,
        overflow_wait=queue.overflow_wait,
        overflow_to=tuple(helper.id for helper in queue.overflow_to.all()),
        no_agent_wait=queue.no_agent_wait,
        head_start=queue.head_start,
        last_agent_first=queue.last_agent_first,
        whisper=Whisper(queue.whisper),
    )
