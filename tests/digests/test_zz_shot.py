import pytest, datetime as dt
from tests.digests.desk_days import *
from tests.digests.desk_browser import editors
from digests.models import *
from playwright.sync_api import expect
pytestmark=[pytest.mark.browser, pytest.mark.django_db(transaction=True)]
def test_shot(browser, live_server):
    from django.contrib.auth.models import User
    for n in range(1, 24):
        day = DAY - timedelta(days=n)
        if day.weekday() < 5:
            CollectionDay.objects.create(date=day, state="failed" if n == 9 else "partial" if n == 3 else "complete", papers_done_at=NOW, tweets_done_at=NOW, reason="arXiv gave 3 papers fewer than it announced.")
            if n not in (9,): make_digest(day, status="withdrawn" if n==13 else "draft" if n in (1,2) else "published", papers=0)
        else: CollectionDay.objects.create(date=day, state="quiet")
    papers=make_day(200); d=make_draft(papers[:10])
    # a rise, a flag
    Paper.objects.filter(pk=papers[11].pk).update(announced_as="new", abstract="")
    e=d.entries.get(position=2); e.note="The *first* study that asks which BERT one should use at all; see also section 4."; e.save()
    d.entries.filter(position=4).update(is_pinned=True)
    d.entries.get(position=3).shown_tweets.all().delete()
    d.entries.filter(position=6).update(printed_otherwise={"title":"Sparse attention for $5"})
    t=d.entries.get(position=8).shown_tweets.first().tweet; t.state="deleted"; t.state_since=NOW; t.save()
    d.intro="A quiet Thursday, with **two** papers on attention."; d.save()
    with editors(browser, live_server.url) as open_desk:
        ann=open_desk("Ann"); bob=open_desk("Bob")
        page=bob.page
        page.reload(); bob.ready()
        ann.press("l","Alt+ArrowDown"); ann.saved()
        ann.write_note(papers[1].arxiv_id, "The first study that asks which BERT to use.\n\nSee also section 4 and *the appendix*."); ann.saved()
        bob.press("j"); bob.press("c")
        bob.page.locator("#text-intro").fill("A quiet Thursday, with **two** papers on attention!"); bob.page.locator("#text-intro").blur(); bob.saved()
        bob.look()
        def shots(name):
            for scheme in ("light","dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"/tmp/deskui/{name}-{scheme}.png")
        bob.entry(papers[3].arxiv_id).get_by_text("Tweets").click()
        page.evaluate("document.querySelectorAll('.desk-column').forEach(c=>c.scrollTop=0)")
        shots("desk")
        bob.press("v"); expect(page.locator(".finding").first).to_be_visible()
        page.locator(".finding [data-do=waive]").first.click(); expect(page.locator(".finding.waived")).to_have_count(1)
        page.locator("#schedule-at").fill("2027-03-25T09:00")
        page.evaluate("document.querySelectorAll('.desk-column').forEach(c=>c.scrollTop=0)")
        shots("desk-check")
        page.screenshot(path="/tmp/deskui/check-full.png", full_page=True)
        bob.press("Escape"); page.locator("h1").click(); bob.press("Escape")
        page.set_viewport_size({"width":820,"height":1100}); page.emulate_media(color_scheme="light"); page.screenshot(path="/tmp/deskui/820.png")
        page.get_by_role("button",name="Candidates").click(); page.screenshot(path="/tmp/deskui/820c.png")
        page.set_viewport_size({"width":390,"height":800}); page.screenshot(path="/tmp/deskui/390.png")
        print(page.evaluate("document.documentElement.scrollWidth"))
        page.set_viewport_size({"width":1280,"height":900})
        page.route("**/state?*", lambda r: r.abort())
        ann.write_note(papers[1].arxiv_id, "The first study that asks which BERT to use, and answers.\n\nSee also section 4 and *the appendix*."); ann.saved()
        bob.write_note(papers[1].arxiv_id, "The first study that asks which BERT to use at all.\n\nSee also section 4 and *the appendix*.")
        expect(bob.conflict).to_be_visible()
        shots("desk-conflict")
        bob.conflict.get_by_role("button", name="Keep theirs").click()
        page.unroute_all()
        page.goto(bob.address+"history/"); shots("history")
        for box in page.locator("input[type=radio], input[type=checkbox]").all()[:0]: box.check()
        print(page.content()[:200], bob.said, ann.said)
