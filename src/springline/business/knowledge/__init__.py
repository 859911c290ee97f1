"""What agents look up while they talk, and what they did not find."""
