"""The brand's name, a misspelling of it or a name like it must not be in the name of a source."""

from compliance.detectors.domain_names.checking import check_name

__all__ = ["check_name"]
