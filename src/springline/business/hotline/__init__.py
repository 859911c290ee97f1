"""The 400 number and all that the live floor must know: flows, queues, agents, published as one config."""
