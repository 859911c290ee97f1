"""axe on a page that stands still: what fades has a colour that nobody chose."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"

# What moves comes to its end first; what begins then, such as a message whose time is over, does so at once.
# What turns for ever, such as a spinner, is not waited for, nor what begins anew each second, such as a bar.
_STAND_STILL = """
async () => {
  const moving = document.getAnimations()
    .filter((one) => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(moving.map((one) => one.finished))
  const still = new CSSStyleSheet()
  still.replaceSync('*, ::before, ::after { transition: none !important; animation: none !important }')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
}
"""
_GO_ON = "() => { document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1) }"


async def found(page: Page, run: str) -> list[str]:
    """What `run`, a script that calls axe, says of the page as it is when nothing moves."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    await page.evaluate(_STAND_STILL)
    try:
        faults: list[str] = await page.evaluate(run)
    finally:
        await page.evaluate(_GO_ON)
    return faults
