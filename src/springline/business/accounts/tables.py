"""Who may do what with which table of the back office, by the actions of accounts.roles."""

from dataclasses import dataclass

from springline.business.accounts.roles import Action


@dataclass(frozen=True, slots=True)
class Table:
    """Who may do what with one table of the back office, by the action they need; None: nobody.

    `change` is also to add and to import. Services may write what nobody may change here.
    """

    view: Action
    change: Action | None = None
    delete: Action | None = None
    export: Action = Action.EXPORT_TABLES


def _edited(view: Action, change: Action, *, kept: bool = False, personal: bool = False) -> Table:
    """`kept`: rows that others name for good and that are therefore never deleted."""
    export = Action.EXPORT_PERSONAL if personal else Action.EXPORT_TABLES
    return Table(view, change, None if kept else change, export)


_HOTLINE = _edited(Action.CHANGE_HOTLINE, Action.CHANGE_HOTLINE)
_CATALOG = _edited(Action.READ_CATALOG, Action.CHANGE_CATALOG)
_CATALOG_KEPT = _edited(Action.READ_CATALOG, Action.CHANGE_CATALOG, kept=True)
_CUSTOMERS = _edited(Action.MANAGE_CUSTOMERS, Action.MANAGE_CUSTOMERS, personal=True)
_CUSTOMERS_READ = Table(Action.MANAGE_CUSTOMERS, export=Action.EXPORT_PERSONAL)
_LEDGER = Table(Action.READ_VOUCHERS)
# Addresses and notes are in them; they are worked on at the desk, where each step leaves its row.
_ORDERS = Table(Action.READ_ORDERS, export=Action.EXPORT_PERSONAL)
_COMPLAINTS = Table(Action.READ_COMPLAINTS)
_DELIVERY = Table(Action.READ_DELIVERY)
_OPERATION = Table(Action.CHANGE_HOTLINE)
_USERS = Table(Action.MANAGE_USERS, export=Action.MANAGE_USERS)

# A model that is not here is nobody's: the back office does not show it.
TABLES: dict[str, Table] = {
    "accounts.user": Table(Action.MANAGE_USERS, change=Action.MANAGE_USERS, export=Action.MANAGE_USERS),
    "accounts.apitoken": _USERS,
    "accounts.auditrow": _USERS,
    "hotline.hotline": _HOTLINE,
    "hotline.ivrversion": _HOTLINE,
    "hotline.queue": _HOTLINE,
    "hotline.openingtime": _HOTLINE,
    "hotline.specialday": _HOTLINE,
    "hotline.agent": _edited(Action.CHANGE_HOTLINE, Action.CHANGE_HOTLINE, kept=True),
    "hotline.pausereason": _HOTLINE,
    "calls.wrapupcode": _HOTLINE,
    "calls.call": Table(Action.SEE_NUMBERS, export=Action.EXPORT_PERSONAL),
    "calls.maskednumber": Table(Action.CHANGE_HOTLINE, export=Action.EXPORT_PERSONAL),
    "calls.callbacktask": Table(Action.CALL_BACK, export=Action.EXPORT_PERSONAL),
    "calls.callbackattempt": Table(Action.CALL_BACK),
    "calls.recording": Table(Action.HEAR_RECORDINGS, change=Action.CHANGE_HOTLINE),
    "calls.agentstaterow": _OPERATION,
    "calls.trunkrefusal": _OPERATION,
    "calls.systemevent": _OPERATION,
    "calls.purgerow": _OPERATION,
    "catalog.product": _CATALOG_KEPT,
    "catalog.buckettype": _CATALOG_KEPT,
    "catalog.batch": _CATALOG_KEPT,
    "catalog.pricerule": _CATALOG,
    "catalog.servicearea": _CATALOG,
    "customers.customer": _edited(Action.MANAGE_CUSTOMERS, Action.MANAGE_CUSTOMERS, kept=True, personal=True),
    # What it costs the house is the owner's to decide.
    "customers.depositwaiver": _edited(
        Action.MANAGE_CUSTOMERS, Action.CHANGE_CATALOG, kept=True, personal=True
    ),
    "customers.contact": _CUSTOMERS_READ,
    "customers.customerphone": _CUSTOMERS_READ,
    "customers.customeraddress": _CUSTOMERS_READ,
    "customers.customerchange": _CUSTOMERS_READ,
    "customers.customermerge": _CUSTOMERS_READ,
    "customers.importrun": _CUSTOMERS_READ,
    "customers.numbertag": _CUSTOMERS,
    "customers.exchangeprefix": _edited(Action.MANAGE_CUSTOMERS, Action.MANAGE_CUSTOMERS),
    "vouchers.voucherpackage": _edited(Action.READ_VOUCHERS, Action.CHANGE_CATALOG, kept=True),
    # Only a lot's remark; the database refuses the rest.
    "vouchers.voucherlot": Table(Action.READ_VOUCHERS, change=Action.CHANGE_CATALOG),
    "vouchers.voucherentry": _LEDGER,
    "vouchers.bucketentry": _LEDGER,
    "vouchers.depositentry": _LEDGER,
    "vouchers.iou": _LEDGER,
    "vouchers.paperexchange": _LEDGER,
    "vouchers.paperphoto": _LEDGER,
    "vouchers.reconcileitem": _LEDGER,
    "vouchers.clearingentry": _LEDGER,
    "vouchers.vouchercase": _LEDGER,
    "vouchers.onetimecode": _LEDGER,
    "orders.order": _ORDERS,
    "orders.orderline": _ORDERS,
    "orders.orderstep": _ORDERS,
    "orders.payment": Table(Action.READ_ORDERS),
    "orders.unconverteddemand": Table(Action.READ_ORDERS),
    "complaints.duetime": _edited(Action.READ_COMPLAINTS, Action.MANAGE_COMPLAINTS, kept=True),
    "complaints.complaint": _COMPLAINTS,
    "complaints.complaintevent": _COMPLAINTS,
    "complaints.compensation": _COMPLAINTS,
    "complaints.batchalert": _COMPLAINTS,
    "delivery.station": _edited(Action.READ_DELIVERY, Action.MANAGE_DELIVERY, kept=True),
    "delivery.territory": _edited(Action.READ_DELIVERY, Action.MANAGE_DELIVERY),
    "delivery.courier": _edited(Action.READ_DELIVERY, Action.MANAGE_DELIVERY, kept=True, personal=True),
    "delivery.shift": _edited(Action.READ_DELIVERY, Action.MANAGE_DELIVERY),
    "delivery.commissionrule": _edited(Action.READ_DELIVERY, Action.MANAGE_DELIVERY, kept=True),
    "delivery.door": Table(Action.READ_DELIVERY, export=Action.EXPORT_PERSONAL),
    "delivery.deliverytask": _DELIVERY,
    "delivery.taskevent": _DELIVERY,
    "delivery.syncaction": _DELIVERY,
    "delivery.syncconflict": _DELIVERY,
    "delivery.commissionentry": _DELIVERY,
    "delivery.cashhandover": _DELIVERY,
    "delivery.daysignoff": _DELIVERY,
    "delivery.batchonroad": _DELIVERY,
    "delivery.photo": _DELIVERY,
    "knowledge.article": _edited(Action.READ_KNOWLEDGE, Action.CHANGE_KNOWLEDGE),
    "knowledge.articleuse": Table(Action.READ_KNOWLEDGE),
    "knowledge.knowledgemiss": Table(Action.READ_KNOWLEDGE, change=Action.CHANGE_KNOWLEDGE),
    "messaging.message": Table(Action.MANAGE_MESSAGES, export=Action.EXPORT_PERSONAL),
    "messaging.attempt": Table(Action.MANAGE_MESSAGES),
    "messaging.outlet": _edited(Action.MANAGE_MESSAGES, Action.MANAGE_MESSAGES, kept=True),
    "messaging.smstemplate": _edited(Action.MANAGE_MESSAGES, Action.MANAGE_MESSAGES),
}


def needed(verb: str, table: str) -> tuple[Action, ...] | None:
    """All that `verb` (view, add, change, delete, import, export) asks for; None: nobody may."""
    rule = TABLES.get(table)
    if rule is None:
        return None
    own = {
        "view": rule.view,
        "add": rule.change,
        "change": rule.change,
        "import": rule.change,
        "delete": rule.delete,
        "export": rule.export,
    }.get(verb)
    # Nothing is done to a table by whoever may not see it.
    return None if own is None else (Action.USE_ADMIN, rule.view, own)
