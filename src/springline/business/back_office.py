"""The back office's menu, and the words of its theme that the theme leaves in English."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop


def _item(title: Promise | str, model: str, icon: str) -> dict[str, Any]:
    app, _line, name = model.partition("_")

    def seen(request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm(f"{app}.view_{name}"))

    link = reverse_lazy(f"admin:{model}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": seen}


SIDEBAR = {
    "show_search": False,
    "show_all_applications": False,
    "navigation": [
        {
            "title": _("Calls"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("calls"), "calls_call", "call"),
                _item(_("recordings"), "calls_recording", "voicemail"),
                _item(_("call-backs"), "calls_callbacktask", "phone_callback"),
                _item(_("agent states"), "calls_agentstaterow", "timeline"),
                _item(_("wrap-up codes"), "calls_wrapupcode", "label"),
            ],
        },
        {
            "title": _("Hotline"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("hotlines"), "hotline_hotline", "dialpad"),
                _item(_("numbers that may hide callers"), "calls_maskednumber", "visibility_off"),
                _item(_("IVR versions"), "hotline_ivrversion", "account_tree"),
                _item(_("queues"), "hotline_queue", "groups"),
                _item(_("agents"), "hotline_agent", "headset_mic"),
                _item(_("pause reasons"), "hotline_pausereason", "coffee"),
            ],
        },
        {
            "title": _("Customers"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("customers"), "customers_customer", "person"),
                _item(_("deposit waivers"), "customers_depositwaiver", "handshake"),
                _item(_("merges"), "customers_customermerge", "merge"),
                _item(_("numbers' regions"), "customers_numbertag", "pin_drop"),
                _item(_("exchanges"), "customers_exchangeprefix", "deskphone"),
                _item(_("imports"), "customers_importrun", "upload_file"),
            ],
        },
        {
            "title": _("Catalogue"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("products"), "catalog_product", "water_drop"),
                _item(_("price rules"), "catalog_pricerule", "sell"),
                _item(_("bucket types"), "catalog_buckettype", "propane_tank"),
                _item(_("batches"), "catalog_batch", "inventory_2"),
                _item(_("service areas"), "catalog_servicearea", "map"),
            ],
        },
        {
            "title": _("Delivery"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("stations"), "delivery_station", "warehouse"),
                _item(_("territories"), "delivery_territory", "pin_drop"),
                _item(_("couriers"), "delivery_courier", "local_shipping"),
                _item(_("shifts"), "delivery_shift", "schedule"),
                _item(_("delivery tasks"), "delivery_deliverytask", "package_2"),
                _item(_("conflicts"), "delivery_syncconflict", "sync_problem"),
                _item(_("reports of phones"), "delivery_syncaction", "sync"),
                _item(_("cash handovers"), "delivery_cashhandover", "payments"),
                _item(_("signed days"), "delivery_daysignoff", "task_alt"),
                _item(_("commissions"), "delivery_commissionentry", "request_quote"),
                _item(_("commission rules"), "delivery_commissionrule", "percent"),
                _item(_("batches on the road"), "delivery_batchonroad", "inventory"),
                _item(_("photos"), "delivery_photo", "photo_camera"),
                _item(_("doors"), "delivery_door", "home_pin"),
            ],
        },
        {
            "title": _("Knowledge"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("articles"), "knowledge_article", "menu_book"),
                _item(_("articles used"), "knowledge_articleuse", "thumb_up"),
                _item(_("looked for in vain"), "knowledge_knowledgemiss", "search_off"),
            ],
        },
        {
            "title": _("Vouchers"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("voucher packages"), "vouchers_voucherpackage", "redeem"),
                _item(_("voucher lots"), "vouchers_voucherlot", "confirmation_number"),
                _item(_("voucher entries"), "vouchers_voucherentry", "receipt_long"),
                _item(_("bucket entries"), "vouchers_bucketentry", "propane_tank"),
                _item(_("deposit entries"), "vouchers_depositentry", "payments"),
                _item(_("vouchers owed"), "vouchers_iou", "hourglass_top"),
                _item(_("paper vouchers"), "vouchers_paperexchange", "description"),
                _item(_("photos of paper vouchers"), "vouchers_paperphoto", "photo_camera"),
                _item(_("reconcile items"), "vouchers_reconcileitem", "rule"),
                _item(_("clearing entries"), "vouchers_clearingentry", "swap_horiz"),
                _item(_("voucher cases"), "vouchers_vouchercase", "support_agent"),
            ],
        },
        {
            "title": _("Messages"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("messages"), "messaging_message", "outbox"),
                _item(_("outlets"), "messaging_outlet", "hub"),
                _item(_("SMS templates"), "messaging_smstemplate", "sms"),
            ],
        },
        {
            "title": _("Orders"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("orders"), "orders_order", "shopping_cart"),
                _item(_("payments"), "orders_payment", "payments"),
                _item(_("unconverted demand"), "orders_unconverteddemand", "production_quantity_limits"),
            ],
        },
        {
            "title": _("Complaints"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("complaints"), "complaints_complaint", "feedback"),
                _item(_("compensations"), "complaints_compensation", "volunteer_activism"),
                _item(_("batch alerts"), "complaints_batchalert", "warning"),
                _item(_("due times"), "complaints_duetime", "timer"),
            ],
        },
        {
            "title": _("Records"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("refused SIP requests"), "calls_trunkrefusal", "block"),
                _item(_("purged recordings"), "calls_purgerow", "auto_delete"),
                _item(_("system events"), "calls_systemevent", "dns"),
                _item(_("audit trail"), "accounts_auditrow", "fact_check"),
            ],
        },
        {
            "title": _("Accounts"),
            "separator": True,
            "collapsible": True,
            "items": [
                _item(_("users"), "accounts_user", "person"),
                _item(_("API tokens"), "accounts_apitoken", "key"),
            ],
        },
    ],
}

THEME_WORDS = (
    noop("Apply Filters"),
    noop("Filters"),
    noop("Reset filters"),
    noop("Type to search"),
    noop("Select action"),
    noop("Select action to run"),
    noop("Select all rows"),
    noop("Run"),
    noop("Light"),
    noop("Dark"),
    noop("General"),
    noop("Go back"),
    noop("Return to site"),
    noop("Welcome back to"),
    noop("No results found"),
    noop("No results matching your query"),
    noop("This page yielded into no results. Create a new item or reset your filters."),
    noop("Toggle password visibility"),
    noop("This item will be deleted."),
    noop("You have been successfully logged out from the administration"),
    noop("Choose file to upload"),
    noop("Select format"),
    noop("Changes"),
    noop("Add row"),
    noop("Cancel"),
    noop("Click to cancel"),
    noop("Click to download"),
    noop("Collapse"),
    noop("Current file"),
    noop("Expand row"),
    noop("Loading more results..."),
    noop("More actions"),
    noop("Next"),
    noop("Previous"),
    noop("No data"),
    noop("No recent searches"),
    noop("Recent searches"),
    noop("Search apps and models..."),
    noop("Select record"),
    noop("Select value"),
    noop("Date from"),
    noop("Date to"),
    noop("From"),
    noop("To"),
    noop("Value"),
    noop("All applications"),
    noop("Edit"),
    noop("Name"),
)
