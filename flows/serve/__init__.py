"""``opis serve``: the Prefect server, the watched inbox, and the pages that it hands out."""
