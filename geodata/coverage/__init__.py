"""Who is covered: by which rule, at what hour, by stations that are open and have what is needed."""
