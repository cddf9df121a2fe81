"""The publisher's pages about money: what was earned, why, and what a sale would earn."""
