"""HTTP within bounds, for whoever is to be asked: the webhook, health, and the page."""
