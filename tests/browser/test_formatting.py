"""Every kind of formatting is shown as what it is, nested ones too, and nothing that was written becomes markup."""

from __future__ import annotations

from playwright.async_api import expect

from sandbox.entities import parse_html
from sandbox.typed import with_found
from sandbox.world import Json
from tests.browser.phone import Phone


def html(source: str) -> Json:
    text, entities = parse_html(source)
    return {"text": text, "entities": with_found(text, entities)}


async def test_each_kind_is_its_own_element(phone: Phone) -> None:
    phone.post(**html(
        "😀 <b>bold <i>both</i></b> <u>under</u> <s>struck</s> <code>code</code> "
        "<a href='https://example.org/'>link</a> #tag /help "
        "<pre><code class='language-python'>x = 1</code></pre><blockquote>said</blockquote>"
    ))  # fmt: skip
    found = {
        "strong": "bold both", "strong em": "both", "u": "under", "s": "struck", "pre code": "x = 1",
        "blockquote": "said", ".is-hashtag": "#tag",
    }  # fmt: skip
    for selector, text in found.items():
        await expect(phone.newest.locator(".text").locator(selector)).to_have_text(text)
    await expect(phone.newest.get_by_role("link", name="link")).to_have_attribute("href", "https://example.org/")
    await expect(phone.newest.get_by_role("button", name="/help")).to_be_visible()


async def test_entities_that_cross_are_cut(phone: Phone) -> None:
    kinds = [("bold", 0, 4), ("italic", 2, 4)]
    phone.post("abcdef", entities=[{"type": kind, "offset": at, "length": length} for kind, at, length in kinds])
    await expect(phone.newest.locator("strong")).to_have_text("abcd")
    await expect(phone.newest.locator("em")).to_have_text(["cd", "ef"])


async def test_what_is_written_never_becomes_markup(phone: Phone) -> None:
    phone.post("<img src=x onerror=alert(1)> <b>x</b>")
    await expect(phone.newest.locator(".text")).to_contain_text("<img src=x onerror=alert(1)> <b>x</b>")
    await expect(phone.newest.locator("img, b")).to_have_count(0)


async def test_a_spoiler_is_hidden_until_it_is_asked_for(phone: Phone) -> None:
    phone.post(**html("who: <tg-spoiler>me</tg-spoiler>"))
    spoiler = phone.newest.get_by_role("button", name="Hidden text, show it")
    await spoiler.focus()
    await phone.page.keyboard.press("Enter")
    await expect(spoiler).to_have_count(0)
    await expect(phone.newest.locator(".spoiler.shown")).to_have_text("me")


async def test_a_long_quotation_unfolds(phone: Phone) -> None:
    phone.post(**html("<blockquote expandable>1\n2\n3\n4\n5</blockquote>"))
    quotation = phone.newest.locator("blockquote > span")
    before = await quotation.evaluate("one => one.clientHeight")
    await phone.newest.get_by_role("button", name="The whole quotation").click()
    assert await quotation.evaluate("one => one.clientHeight") > before


async def test_a_link_asks_before_it_opens(phone: Phone) -> None:
    phone.post(**html("<a href='https://example.org/'>look</a>"))
    await phone.newest.get_by_role("link", name="look").click()
    await expect(phone.page.get_by_role("alertdialog")).to_contain_text("https://example.org/")
    await phone.page.keyboard.press("Escape")
    await expect(phone.newest.get_by_role("link", name="look")).to_be_focused()


async def test_a_link_to_the_bot_opens_here(phone: Phone) -> None:
    name = phone.telegram.bot_user["username"]
    phone.post("x", reply_markup={"inline_keyboard": [[{"text": "Open", "url": f"https://t.me/{name}?start=poster"}]]})
    await phone.newest.get_by_role("link", name="Open").click()
    await phone.start()
    await phone.sees("/start poster")


async def test_a_command_is_sent_by_a_tap(phone: Phone) -> None:
    phone.post(**html("try /help"))
    await phone.newest.get_by_role("button", name="/help").click()
    await expect(phone.messages).to_have_count(2)
    await phone.sees("/help")
