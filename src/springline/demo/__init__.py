"""The demo: a whole house, a carrier with a caller, an agent's phone, and one real call as a story."""
