"""Editing one station: reading what was meant, merging two editors, saving, undoing, going back."""
