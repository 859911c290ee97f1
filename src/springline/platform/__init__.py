"""The ground both floors stand on: settings, bus, supervisor, logging. It knows no water."""
