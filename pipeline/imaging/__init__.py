"""What files hold: PDF pages, their embedded images, image files."""
