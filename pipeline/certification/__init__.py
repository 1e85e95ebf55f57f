"""How many words and characters of a collection are wrong: estimated from lines drawn at random."""
