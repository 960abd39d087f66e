"""What analyse_national.py is made of: where its data come from, and one run from sources to an outcome."""
