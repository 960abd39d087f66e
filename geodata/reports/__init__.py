"""What the public says about stations: reports, their life, and what follows from them."""
