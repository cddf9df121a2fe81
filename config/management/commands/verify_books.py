import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from commissions.invariants import Finding, decisions_follow_from_facts, run_checks
from commissions.pipeline.rerating import pending_touches
from referrals.queries import credits_due

CHECKS = ("commissions/sql/checks", "referrals/sql/checks", "compliance/sql/checks")


class Command(BaseCommand):
    help = "Check every invariant of the books; exit 1 and what is wrong where one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        findings: list[Finding] = []
        for folder in CHECKS:
            for name, finding in run_checks(Path(settings.BASE_DIR) / folder):
                findings += self._say(name, finding)
        if pending_touches():
            self.stdout.write("due   re-ratings wait for their job; run tick, then ask again")
        else:
            findings += self._say("decisions_follow_from_facts", decisions_follow_from_facts())
        due = credits_due()
        if due:
            cents = sum(one.owed_cents - one.credited_cents for one in due)
            self.stdout.write(
                f"due   {cents:+,} cents of referral credit on {len(due):,} referrals wait for "
                "their job"
            )
        if findings:
            self.stderr.write(f"{len(findings)} invariants are broken.")
            sys.exit(1)
        self.stdout.write("The books agree.")

    def _say(self, name: str, finding: Finding | None) -> list[Finding]:
        words = name.replace("_", " ")
        if finding is None:
            self.stdout.write(f"ok    {words}")
            return []
        self.stdout.write(f"WRONG {words}: {finding.count:,}")
        for sentence in finding.sentences:
            self.stdout.write(f"      {sentence}")
        return [finding]
