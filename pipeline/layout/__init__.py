"""What each line of a page is: text, a heading, a stamp; by its place, never by its meaning."""
