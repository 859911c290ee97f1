"""Invented customers with numbers that no test ever dials."""

from springline.business.customers.inputs import AddressIn, ContactIn, CustomerIn, PhoneIn
from springline.business.customers.models import Customer
from springline.business.customers.services import profiles

WANG, FACTORY_A, FACTORY_B, STRANGER = "+8613900000001", "+8613900000002", "+8613900000003", "+8613900000099"


def household(
    name: str = "王大姐", number: str = WANG, text: str = "霍山县衡山镇迎驾大道1号", **more: object
) -> Customer:
    return profiles.create(
        CustomerIn(name=name, phones=[PhoneIn(number=number)], addresses=[AddressIn(text=text, **more)])  # type: ignore[arg-type]
    )


def factory() -> Customer:
    return profiles.create(
        CustomerIn(
            name="六安开发区星河电子厂",
            type="enterprise",
            settlement="monthly",
            invoice_title="星河电子有限公司",
            contacts=[ContactIn(name="李会计", duty="财务"), ContactIn(name="赵行政")],
            phones=[
                PhoneIn(number=FACTORY_A, contact="李会计"),
                PhoneIn(number=FACTORY_B, contact="赵行政"),
                PhoneIn(number="0564-3210000", label="总机"),
            ],
            addresses=[AddressIn(text="六安开发区皋城东路9号", floor=3, lift="yes")],
        )
    )
