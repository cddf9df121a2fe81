"""What anybody sees of referrals: the page on which a publisher signs up."""
