"""OpenWISP as one Django project: settings, addresses, workers."""
