"""One module, or folder, for each archival reference system; each lists its own in ``SYSTEMS``.

``system_registry.py`` finds them here. They know texts, ladders and printed forms, and nothing of
what stands above: ``ArchivalReference``, the parser, the styles.
"""
