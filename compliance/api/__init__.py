"""What machines may ask of this app over HTTP, on the ground of `publishers.api`."""
