"""What everybody sees of the referral programme: the way in by somebody's link."""
