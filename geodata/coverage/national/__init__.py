"""Coverage of a country: demand sorted by H3 cell on disk, tallied part by part in one process or on a cluster.

``demand_files`` reads points in chunks; ``sorting`` writes them to disk and hands them out in parts of whole cells;
``tally`` is the kernel for one part; ``cluster`` has workers do the parts; ``answer`` is what came out, and
``answer_files`` how it is written. docs/national.md says how to run it.
"""
