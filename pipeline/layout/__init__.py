"""The role of each line of a page (text, heading, stamp, …), from its place and form alone."""
