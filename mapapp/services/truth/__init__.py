"""Use cases: what we know for sure about stations, what has to be looked at again, and who looks."""
