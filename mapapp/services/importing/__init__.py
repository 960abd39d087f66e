"""An import in two halves: what a file would change (``planning``, pure), and what changed (``report``)."""
