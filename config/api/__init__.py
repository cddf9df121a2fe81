"""The addresses of the API, version 1, and its description with a page to read it on."""
