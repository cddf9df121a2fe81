"""The publisher's page of those it brought."""
