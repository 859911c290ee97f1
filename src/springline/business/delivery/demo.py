"""The demo's stations, couriers and rules. People, numbers and house numbers are fictional."""

from springline.business.accounts.models import User
from springline.business.delivery.models import CommissionRule, Courier, Shift, Station, Territory

# username → name, station, capacity, vehicle
COURIERS = {
    "courier01": ("配送员小周", "霍山站", 30, "van"),
    "courier02": ("配送员小吴", "城区站", 20, "ebike"),
    "courier03": ("配送员小郑", "城区站", 40, "van"),
    "courier04": ("配送员小王", "舒城站", 30, "van"),
}
# name, county, address, phone, latitude, longitude, further counties
_STATIONS = [
    ("城区站", "341502", "金安区皋城路", "+865643100001", 31.7537, 116.5050, ["341503", "341504"]),
    ("霍山站", "341525", "霍山县衡山镇", "+865643100002", 31.3930, 116.3330, ["341524"]),
    ("舒城站", "341523", "舒城县城关镇", "+865643100003", 31.4620, 116.9480, []),
    ("霍邱站", "341522", "霍邱县城关镇", "+865643100004", 32.3470, 116.2780, []),
]
_COUNTIES = {
    "341502": "金安区",
    "341503": "裕安区",
    "341504": "叶集区",
    "341522": "霍邱县",
    "341523": "舒城县",
    "341524": "金寨县",
    "341525": "霍山县",
}


def write() -> bool:
    """Make what is missing, couriers for the users that are there; whether anything was new.

    Whoever has a courier's row is at work, so that an order finds somebody as soon as the demo runs.
    """
    rule, fresh = CommissionRule.objects.get_or_create(
        name="每桶计件", defaults={"per_bucket_fen": 150, "per_floor_fen": 50}
    )
    for name, county, address, phone, lat, lng, more in _STATIONS:
        station, new = Station.objects.get_or_create(
            name=name,
            defaults={"county": county, "address": address, "phone": phone, "lat": lat, "lng": lng},
        )
        for code in [county, *more] if new else []:
            Territory.objects.create(station=station, name=_COUNTIES[code], county=code)
        fresh |= new
    for user in User.objects.filter(username__in=COURIERS, courier=None):
        name, place, capacity, vehicle = COURIERS[user.username]
        courier = Courier.objects.create(
            user=user,
            name=name,
            station=Station.objects.get(name=place),
            capacity=capacity,
            vehicle=vehicle,
            commission_rule=rule,
        )
        Shift.objects.create(courier=courier)
        fresh = True
    return fresh
