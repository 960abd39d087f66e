"""The use cases, one module each. They know places, stations and the store; no request and no page."""
