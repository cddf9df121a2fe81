"""Load a file of facts that a test writes down."""

from pathlib import Path

from django.core.management import call_command

from commissions.models import Programme
from config.worlds import load_file
from publishers.csv_files import FileRefused, Loaded

PUBLISHERS = """
code,email,name,country,language,registered_at,referred_by
anna,anna@example.net,Anna,RU,ru,2018-09-01T09:00:00Z,
boris,boris@example.net,Boris,KZ,ru,2018-09-02T09:00:00Z,anna
"""
SOURCES = """
code,publisher,traffic_type,title,url,approved_at
anna-site,anna,content_site,Anna's site,https://anna.example.org/,2018-09-10T00:00:00Z
boris-cb,boris,cashback,Boris' cashback,,
"""
CLICKS = """
click_id,source,clicked_at,landing_product_id,fetch_dest,referrer,sub1,sub2,sub3,sub4,sub5
k1,anna-site,2020-03-10T12:00:00Z,5003,document,https://x.example/,a,,,,
k2,boris-cb,2020-03-10T15:00:00+03:00,,,,,,,,
"""


def aliexpress() -> Programme:
    """The programme as it ships."""
    call_command("load_programme", verbosity=0)
    return Programme.objects.get(code="aliexpress")


class Folder:
    """A folder of files; each is loaded by its name."""

    def __init__(self, path: Path, programme: Programme) -> None:
        self.path = path
        self.programme = programme

    def load(self, name: str, text: str) -> Loaded:
        """Write the file and load it."""
        path = self.path / name
        path.write_text(text.lstrip("\n"), encoding="utf-8")
        return self.load_path(path)

    def load_path(self, path: Path) -> Loaded:
        """Load a file that is there."""
        return load_file(path, programme=self.programme)

    def refusal(self, name: str, text: str) -> list[str]:
        """The sentences with which the file is refused."""
        try:
            loaded = self.load(name, text)
        except FileRefused as refused:
            return refused.sentences
        raise AssertionError(f"{name} was loaded: {loaded}")

    def with_sources(self) -> "Folder":
        """The folder, its publishers and sources loaded."""
        self.load("publishers.csv", PUBLISHERS)
        self.load("sources.csv", SOURCES)
        return self
