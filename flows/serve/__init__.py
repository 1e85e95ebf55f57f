"""``opis serve``: the Prefect server, the watched inbox, and the server of published records."""
