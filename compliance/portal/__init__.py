"""The publisher's pages of its sources and of its cases."""
