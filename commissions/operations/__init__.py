"""What people and jobs do to commissions. Keyword-only, with `by` and `at`; one file a subject."""
