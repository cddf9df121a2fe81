"""The publisher's front page, which mixes what all apps know, and the addresses of the portal."""
