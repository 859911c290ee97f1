"""Free ports, under the name that the simulator and the bench know."""

from springline.platform.supervisor import free_port as free_port
from springline.platform.supervisor import free_range as free_range
