"""An extension must not alter the merchant's site, open pop-ups there or redirect its users."""

from compliance.detectors.extensions.checking import check_package
from compliance.detectors.extensions.hosts import Hosts
from compliance.detectors.extensions.packages import NotAPackageError

__all__ = ["Hosts", "NotAPackageError", "check_package"]
