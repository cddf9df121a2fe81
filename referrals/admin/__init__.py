from referrals.admin.referral import ReferralAdmin
from referrals.admin.referral_credit import ReferralCreditAdmin

__all__ = ["ReferralAdmin", "ReferralCreditAdmin"]
