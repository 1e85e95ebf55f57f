"""Exports of many records into one folder, as another program takes them in."""
