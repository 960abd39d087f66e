"""Work that takes longer than a request may: a queue in the database, and a worker process that does it."""
