"""What the service says of itself to those who run it: lines of a log, and numbers for Prometheus."""
