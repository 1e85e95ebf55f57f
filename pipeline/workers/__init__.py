"""Workers, the child processes that read pages: pool, protocol, page runs and their cache."""
