"""Use cases of accounts: signing in, sessions, invitations, second factors, API tokens."""
