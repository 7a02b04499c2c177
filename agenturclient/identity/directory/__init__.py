"""The directory: where people's accounts are kept. Its port, and an adapter for each kind."""
