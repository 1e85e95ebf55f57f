"""One module or package per archival reference system; each lists its systems in ``SYSTEMS``.

``system_registry.py`` imports them. They must not import the layers above: ``ArchivalReference``,
the finder, the styles.
"""
