#!/usr/bin/env python3
"""Opens report pages in headless Chromium: each is drawn, says nothing in the console, fetches nothing, shows values
under the pointer, and zooms by dragging and back by a double click; nothing lies on anything else, and a window as narrow as
a telephone shows all of it.

Usage: browser.py CHROMIUM FOLDER_FOR_SCREENSHOTS REPORT…   (needs the Python package playwright)
"""

import pathlib
import sys
import time

from playwright.sync_api import sync_playwright

chromium, screenshots, *reports = sys.argv[1:]


# Parts of a plot that lie on each other: tools, names, titles and bars of colours, and the axes.
COVERED = """[...document.querySelectorAll('.plot')].flatMap((plot) => {
  const boxes = ['.modebar', '.legend', '.cbtitle', '.xtitle', '.x2title', '.ytitle', '.nsewdrag'].flatMap((part) =>
    [...plot.querySelectorAll(part)].map((one) => [part, one.getBoundingClientRect()]));
  const meet = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return boxes.flatMap(([part, box], place) => boxes.slice(place + 1).filter(([, other]) => meet(box, other))
    .map(([other]) => `${part} on ${other} in ${plot.id}`));
})"""


def axis(page, picture, name):
    return page.evaluate(f"document.getElementById('{picture}')._fullLayout.{name}.range.map(Number)")


def until(page, picture, holds, act):
    """Does something until an axis is as it should be: on a busy machine two clicks are not always a double click, and
    the page's own policy forbids the browser to wait for a condition itself."""
    for _ in range(10):
        act()
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            if holds(axis(page, picture, "xaxis")):
                return
            time.sleep(0.05)
    raise AssertionError(f"{picture} stays at {axis(page, picture, 'xaxis')}")


def check(browser, report):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-drawn=yes]", timeout=120_000)

    pictures = page.evaluate("[...document.querySelectorAll('.plot')].map((plot) => plot.id)")
    empty = [plot for plot in pictures if page.locator(f"#{plot} .main-svg").count() == 0]
    assert pictures and not empty, f"{report}: not drawn: {empty or 'anything'}"
    formulas = page.evaluate("[...document.querySelectorAll('math')].map((math) => math.getBoundingClientRect().height)")
    assert formulas and min(formulas) > 8, f"{report}: formulas are {formulas} high"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{report}: {wide} pixels do not fit the window"

    covered = page.evaluate(COVERED)
    assert not covered, f"{report}: {covered}"

    for picture in pictures:
        plot = page.locator(f"#{picture}")
        plot.scroll_into_view_if_needed()
        box = plot.locator(".nsewdrag").first.bounding_box()
        whole = axis(page, picture, "xaxis")
        at = lambda share: box["x"] + share * box["width"]
        middle = box["y"] + box["height"] / 2

        def drag():
            page.mouse.move(at(0.3), middle)
            page.mouse.down()
            page.mouse.move(at(0.6), middle, steps=8)
            page.mouse.up()

        until(page, picture, lambda shown: shown[0] > whole[0], drag)
        part = axis(page, picture, "xaxis")
        share = (part[1] - part[0]) / (whole[1] - whole[0])
        assert 0.25 < share < 0.35, f"{report} {picture}: dragging over 30 percent shows {share:.0%}"
        back = lambda shown: abs(shown[0] - whole[0]) < 1e-9 * (whole[1] - whole[0])
        until(page, picture, back, lambda: page.mouse.dblclick(at(0.5), middle))

    # Values under the pointer: somewhere along the middle of some picture there is one.
    hovered = 0
    for picture in pictures:
        plot = page.locator(f"#{picture}")
        plot.scroll_into_view_if_needed()
        box = plot.locator(".nsewdrag").first.bounding_box()
        for step in range(1, 12):
            page.mouse.move(box["x"] + box["width"] * step / 12, box["y"] + box["height"] * (0.3 + 0.04 * step))
            page.wait_for_timeout(60)
            if plot.locator(".hoverlayer .hovertext").count():
                hovered += 1
                break
    assert hovered >= len(pictures) / 2, f"{report}: values are shown in {hovered} of {len(pictures)} pictures"

    page.mouse.move(0, 0)
    picture = pathlib.Path(screenshots) / f"{report.parent.name}.png"
    page.screenshot(path=picture, full_page=True)
    page.set_viewport_size({"width": 390, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{report}: {wide} pixels do not fit a narrow window"
    fetched = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert not fetched, f"{report} asks for {fetched}"
    assert not said, f"{report} says {said}"
    print(f"{report.parent.name}: {len(pictures)} pictures, {len(formulas)} formulas, zoom and values")
    page.close()


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    for report in reports:
        check(browser, pathlib.Path(report).resolve())
    browser.close()
