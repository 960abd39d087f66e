"""Use cases of reports: taking them in, following them, forgetting what has served its purpose."""
