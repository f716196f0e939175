import os, pytest
from tests.digests.desk_days import *
from tests.digests.test_admin_in_browser import open_page
pytestmark=[pytest.mark.browser, pytest.mark.django_db(transaction=True)]
def test_shot(browser, live_server):
    papers=make_day(200); d=make_draft(papers[:8])
    for scheme in ("light","dark"):
        from django.contrib.auth.models import User; User.objects.all().delete()
        page=open_page(browser, live_server, f"/admin/desk/{DAY}/", scheme)
        said=[]
        page.on("console", lambda m: said.append(m.text)); page.on("pageerror", lambda e: said.append(str(e)))
        page.reload(); page.wait_for_selector("#desk[data-ready]")
        page.set_viewport_size({"width":1280,"height":900})
        page.screenshot(path=f"/tmp/deskui/desk-{scheme}.png")
        print(said)
        if scheme=="light":
            page.keyboard.press("?"); page.screenshot(path="/tmp/deskui/help.png"); page.keyboard.press("Escape")
            page.set_viewport_size({"width":820,"height":1000}); page.screenshot(path="/tmp/deskui/820.png")
            from axe_playwright_python.sync_playwright import Axe
            r=Axe().run(page); print(r.generate_report())
