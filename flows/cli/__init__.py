"""The command ``opis``: one module a command, named as the command."""
