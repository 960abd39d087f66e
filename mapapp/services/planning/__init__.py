"""The planner: questions about who is left out, their answers, kept runs, and scenarios."""
