"""What people say about lines of page images, and how it finds its place in a reading."""
