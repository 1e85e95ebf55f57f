"""Makes Opis's typewriter models; see README.md. Not part of the installed package."""
