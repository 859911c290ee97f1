"""Which action each endpoint asks for. An endpoint that is not here has no rule yet: write one."""

from springline.business.accounts.roles import Action

# Before signing in, or for whoever is signed in.
PUBLIC = """
GET /health
GET /session
POST /session
"""
SIGNED_IN = """
DELETE /session
POST /second-factor
POST /second-factor/confirm
POST /second-factor/remove
GET /codes
"""
RULED: dict[Action, str] = {
    Action.CALL_BACK: """
GET /callbacks
POST /callbacks/{callback_id}/attempts
POST /callbacks/{callback_id}/call
POST /callbacks/{callback_id}/give-up
GET /callbacks/{callback_id}/message
POST /callbacks/{callback_id}/number
POST /callbacks/{callback_id}/put-back
POST /callbacks/{callback_id}/take
""",
    Action.APPROVE_VOUCHERS: """
POST /vouchers/approvals
GET /vouchers/audit
POST /vouchers/customers/{customer_id}/gifts
POST /vouchers/entries/{entry_id}/reverse
POST /vouchers/lots/{lot_id}/fixes/unfreeze
GET /vouchers/papers
POST /vouchers/papers/{paper_id}/decide
""",
    Action.CHANGE_CUSTOMERS: """
POST /customers
DELETE /customers/addresses/{address_id}
PUT /customers/addresses/{address_id}
DELETE /customers/phones/{phone_id}
POST /customers/region
PATCH /customers/{customer_id}
POST /customers/{customer_id}/addresses
POST /customers/{customer_id}/contacts
POST /customers/{customer_id}/numbers
POST /customers/{customer_id}/phones
""",
    Action.CHANGE_ORDERS: """
POST /orders/{order_id}/after-sales
POST /orders/{order_id}/after-sales/close
POST /orders/{order_id}/cancel
POST /orders/{order_id}/change
POST /orders/{order_id}/change/preview
POST /orders/{order_id}/reschedule
POST /orders/{order_id}/return
POST /orders/{order_id}/urge
""",
    Action.DELIVER: """
POST /courier/loads
POST /courier/loads/undo
GET /courier/me
POST /courier/photos
GET /courier/settlement
POST /courier/settlement
POST /courier/shift
POST /courier/sync
GET /courier/tasks
""",
    Action.HANG_UP_CALLS: """
POST /calls/{call_id}/dismiss
POST /calls/{call_id}/hang-up
POST /calls/{call_id}/warn
""",
    Action.TRANSFER_CALLS: """
POST /calls/{call_id}/consult
POST /calls/{call_id}/consult/{way}
POST /calls/{call_id}/transfer
""",
    Action.SUPERVISE_CALLS: """
POST /calls/{call_id}/supervise
""",
    Action.RESET_AGENTS: """
POST /agents/{agent_id}/reset
GET /agents/{agent_id}/ringing
""",
    Action.HEAR_RECORDINGS: """
GET /calls/{call_id}/recording
""",
    Action.MANAGE_COMPLAINTS: """
POST /complaints/compensations/{compensation_id}/decide
POST /complaints/{complaint_id}/level
""",
    Action.MANAGE_CUSTOMERS: """
POST /customers/import
POST /customers/import/preview
POST /customers/import/report
GET /customers/imports
GET /customers/imports/{run_id}/undo
POST /customers/imports/{run_id}/undo
POST /customers/merges/{merge_id}/undo
POST /customers/{customer_id}/erase
POST /customers/{customer_id}/export
POST /customers/{customer_id}/merge
""",
    Action.MANAGE_MESSAGES: """
POST /messages/{message_id}/cancel
POST /messages/{message_id}/retry
""",
    Action.PLACE_ORDERS: """
GET /customers/{customer_id}/reorder
POST /demand
POST /orders
POST /orders/preview
""",
    Action.READ_CALLS: """
GET /calls
GET /calls/{call_id}
""",
    Action.READ_CATALOG: """
GET /catalog/areas
GET /catalog/batches
GET /catalog/delivery
GET /catalog/products
GET /catalog/quote
""",
    Action.READ_COMPLAINTS: """
GET /complaints
GET /complaints/decisions
GET /complaints/guide
GET /complaints/{complaint_id}
""",
    Action.READ_CUSTOMERS: """
GET /customers
GET /customers/locate
POST /customers/pop
GET /customers/regions
GET /customers/{customer_id}
""",
    Action.READ_MESSAGES: """
GET /messages
""",
    Action.READ_ORDERS: """
GET /demand
GET /demand/conversion
GET /demand/towns
GET /orders
GET /orders/{order_id}
""",
    Action.READ_VOUCHERS: """
GET /vouchers/cases
GET /vouchers/cases/kpi
GET /vouchers/customers/{customer_id}
GET /vouchers/customers/{customer_id}/balance
GET /vouchers/customers/{customer_id}/lots
GET /vouchers/customers/{customer_id}/statement
GET /vouchers/customers/{customer_id}/statement.html
GET /vouchers/customers/{customer_id}/statement.pdf
GET /vouchers/failures
GET /vouchers/lots/{lot_id}/entries
GET /vouchers/lots/{lot_id}/refund
GET /vouchers/packages
GET /vouchers/papers/photos/{photo_id}
""",
    Action.SETTLE_ORDERS: """
POST /orders/{order_id}/payments
POST /orders/{order_id}/refund
POST /orders/{order_id}/settle
""",
    Action.STOP_SALE: """
POST /catalog/batches/{batch_id}/stop
POST /complaints/alerts/{alert_id}/decide
""",
    Action.USE_VOUCHERS: """
POST /vouchers/cases/{case_id}/close
POST /vouchers/customers/{customer_id}/buckets
POST /vouchers/customers/{customer_id}/buckets/lose
POST /vouchers/customers/{customer_id}/buckets/take-back
POST /vouchers/customers/{customer_id}/cases
POST /vouchers/customers/{customer_id}/deposits
POST /vouchers/customers/{customer_id}/deposits/refund
POST /vouchers/customers/{customer_id}/fixes/binding
POST /vouchers/customers/{customer_id}/fixes/clearing
POST /vouchers/customers/{customer_id}/fixes/code
POST /vouchers/customers/{customer_id}/fixes/code/redeem
POST /vouchers/customers/{customer_id}/fixes/emergency
POST /vouchers/customers/{customer_id}/fixes/iou
POST /vouchers/customers/{customer_id}/fixes/paper
POST /vouchers/customers/{customer_id}/fixes/paper/photo
POST /vouchers/customers/{customer_id}/offline-redemptions
POST /vouchers/customers/{customer_id}/purchases
POST /vouchers/customers/{customer_id}/redemptions
POST /vouchers/customers/{customer_id}/reservations
POST /vouchers/ious/{iou_id}/settle
POST /vouchers/ious/{iou_id}/waive
POST /vouchers/lots/{lot_id}/fixes/convert
POST /vouchers/lots/{lot_id}/fixes/extend
POST /vouchers/lots/{lot_id}/fixes/top-up
POST /vouchers/lots/{lot_id}/freeze
POST /vouchers/lots/{lot_id}/transfer
POST /vouchers/releases
""",
    Action.WATCH_LIVE: """
GET /reports/today
GET /agents
GET /queues
""",
    Action.WORK_AS_AGENT: """
POST /agent/desk
POST /softphone
POST /agent/mobile
POST /agent/pause
POST /agent/ready
POST /agent/sign-in
POST /agent/sign-out
""",
    Action.WORK_ON_COMPLAINTS: """
POST /complaints
POST /complaints/{complaint_id}/compensations
POST /complaints/{complaint_id}/steps
""",
    Action.WRAP_UP_CALLS: """
GET /calls/{call_id}/guess
POST /calls/{call_id}/wrap-up
""",
    Action.READ_KNOWLEDGE: """
GET /knowledge
POST /knowledge/misses
""",
    Action.READ_DELIVERY: """
GET /delivery/conflicts
GET /delivery/couriers
GET /delivery/couriers/{courier_id}/settlement
GET /delivery/days
GET /delivery/days/unsigned
GET /delivery/handovers
GET /delivery/loads
GET /delivery/photos/{photo_id}
GET /delivery/stations
GET /delivery/tasks
GET /delivery/tasks/{task_id}/events
""",
    Action.MANAGE_DELIVERY: """
POST /delivery/conflicts/{conflict_id}/resolve
""",
    Action.CONFIRM_CASH: """
POST /delivery/couriers/{courier_id}/sign-off
POST /delivery/handovers/{handover_id}/confirm
""",
    Action.ASSIGN_DELIVERY: """
POST /delivery/orders/{order_id}/assign
POST /delivery/tasks/{task_id}/assign
POST /delivery/tasks/{task_id}/next
""",
}

# Either of them will do.
EITHER: dict[str, tuple[Action, ...]] = {
    "POST /vouchers/lots/{lot_id}/refund": (Action.USE_VOUCHERS, Action.APPROVE_VOUCHERS),
}


def rules() -> dict[str, tuple[Action, ...]]:
    """ "GET /calls" → the actions of which one is asked for; none: for whoever is signed in."""
    found: dict[str, tuple[Action, ...]] = {line: () for line in SIGNED_IN.split("\n") if line} | EITHER
    for action, lines in RULED.items():
        found |= {line: (action,) for line in lines.split("\n") if line}
    return found
