"""Reading in child processes: the pool, its protocol, page runs and their cache."""
