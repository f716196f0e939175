"""The profiles: one line for each generator."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Profile:
    """How a generator expects a day's file. In `file` and `address`, `{day}` stands for the day."""

    name: str
    title: str
    file: str
    """The file's path in the mirror's folder."""
    template: str = ""
    """A template in digests/mirror/profiles/templates; empty for the old site's own format, which is exact to the byte."""
    address: str = "/posts/hot-papers-{day}/"
    moment: str = "%Y-%m-%dT%H:%M:%SZ"
    """The format of `date` in the front matter, in UTC."""

    def file_of(self, day: date) -> str:
        return self.file.format(day=day)

    def address_of(self, day: date) -> str:
        return self.address.format(day=day)

    def date_of(self, moment: datetime) -> str:
        return moment.strftime(self.moment)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("lumen-2020", "the old site's Gatsby Lumen", "{day}---Hot-Papers.md"),
        Profile(
            "lumen", "today's Gatsby Lumen", "{day}---Hot-Papers.md", "lumen.md",
            address="/posts/hot-papers-{day}", moment="%Y-%m-%dT%H:%M:%S.000Z",
        ),
        Profile("hugo", "Hugo", "hot-papers-{day}.html", "hugo.html"),
        Profile("eleventy", "Eleventy", "hot-papers-{day}.md", "eleventy.md"),
        Profile("jekyll", "Jekyll", "_posts/{day}-hot-papers-{day}.md", "jekyll.md"),
        Profile("astro", "Astro", "hot-papers-{day}.md", "astro.md"),
    )
}  # fmt: skip
