"""The publisher's own pages: what every one of them has, and those about the account."""
