"""What everybody sees of referrals: the way in by somebody's link, and signing up."""
