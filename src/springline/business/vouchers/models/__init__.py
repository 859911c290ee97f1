from springline.business.vouchers.models.buckets import BucketAccount, BucketEntry, DepositEntry
from springline.business.vouchers.models.fixes import (
    Approval,
    ClearingEntry,
    Iou,
    OneTimeCode,
    PaperExchange,
    PaperPhoto,
    ReconcileItem,
    VoucherCase,
)
from springline.business.vouchers.models.ledger import Operation, VoucherEntry, VoucherLot, VoucherPackage

__all__ = [
    "Approval",
    "BucketAccount",
    "BucketEntry",
    "ClearingEntry",
    "DepositEntry",
    "Iou",
    "OneTimeCode",
    "Operation",
    "PaperExchange",
    "PaperPhoto",
    "ReconcileItem",
    "VoucherCase",
    "VoucherEntry",
    "VoucherLot",
    "VoucherPackage",
]
