"""The command ``opis``: one module for each command, with the command's name."""
