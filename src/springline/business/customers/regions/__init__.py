"""Where an address lies and where a number is at home. Pure: no Django below this folder."""

from springline.business.customers.regions.locating import Confidence, Located, Locator, Place
from springline.business.customers.regions.pack import County, Pack, PackError, Town, load, shipped

__all__ = [
    "Confidence",
    "County",
    "Located",
    "Locator",
    "Pack",
    "PackError",
    "Place",
    "Town",
    "load",
    "shipped",
]
