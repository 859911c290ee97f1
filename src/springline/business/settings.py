"""Django settings of the home that SPRINGLINE_HOME names."""

from springline.business.settings_base import *  # noqa: F403
from springline.business.settings_base import of_home
from springline.platform.settings import load

globals().update(of_home(load()))
