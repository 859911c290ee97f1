"""All writes of complaints. Each is one transaction; a refusal (ComplaintRefused) has written nothing."""

from springline.business.complaints.services.batches import decide_alert
from springline.business.complaints.services.compensating import compensate, decide_compensation
from springline.business.complaints.services.filing import file_complaint, number_for
from springline.business.complaints.services.handling import add_note, escalate_overdue, set_level, step

__all__ = [
    "add_note",
    "compensate",
    "decide_alert",
    "decide_compensation",
    "escalate_overdue",
    "file_complaint",
    "number_for",
    "set_level",
    "step",
]
