"""Use cases of demand: which layers there are, how one is made from a file, what its weeks look like, which count."""
