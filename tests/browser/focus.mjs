// Whoever walks through a page with the Tab key reaches everything, and always sees where they are.

import {selectorOf} from './selector.mjs';

const margin = 8;  // CSS pixels around an element in which its mark may lie

// A comparison of two pictures: how many pixels of theirs differ by a contrast of at least 3 (WCAG 2.4.13).
async function changedPixels(tool, before, after) {
  return tool.evaluate(async pictures => {
    const [a, b] = await Promise.all(pictures.map(async base64 => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    }));
    const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const luminance = (d, i) => 0.2126 * linear(d[i]) + 0.7152 * linear(d[i + 1]) + 0.0722 * linear(d[i + 2]);
    let changed = 0;
    for (let i = 0; i < a.length; i += 4) {
      if (a[i] === b[i] && a[i + 1] === b[i + 1] && a[i + 2] === b[i + 2]) continue;
      const p = luminance(a, i) + 0.05, q = luminance(b, i) + 0.05;
      if (Math.max(p, q) / Math.min(p, q) >= 3) ++changed;
    }
    return changed;
  }, [before.toString('base64'), after.toString('base64')]);
}

// In the page: what is focused, and where. Null: nothing.
function describeFocused(margin) {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const box = element.getBoundingClientRect();
  const left = Math.max(0, box.left - margin), top = Math.max(0, box.top - margin);
  const right = Math.min(innerWidth, box.right + margin), bottom = Math.min(innerHeight, box.bottom + margin);
  const seen = [0.5, 0.1, 0.9].some(x => [0.5, 0.1, 0.9].some(y => {
    const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return hit && (element.contains(hit) || hit.contains(element) && hit !== document.body &&
                   hit !== document.documentElement);
  }));
  globalThis.reached ??= new Set();
  const again = reached.has(element), trapped = again && globalThis.last === element && reached.size > 1;
  globalThis.last = element;
  reached.add(element);
  return {
    where: selectorOf(element), again, trapped, seen,
    clip: right - left >= 1 && bottom - top >= 1 ? {x: left, y: top, width: right - left, height: bottom - top} : null,
    shortest: Math.min(box.width, box.height, innerWidth, innerHeight),
  };
}

// In the page: what should have been reached and was not. Of radio buttons of one name one is enough.
function describeMissed() {
  const candidates = document.querySelectorAll(
    'a[href], area[href], button, input, select, textarea, summary, [tabindex], [contenteditable]');
  const group = e => e.type === 'radio' ? e.name : null;
  const groups = new Set([...globalThis.reached ?? []].map(group));
  return [...candidates].filter(e => e.tabIndex >= 0 && !e.disabled && !(globalThis.reached?.has(e)) &&
      e.checkVisibility({visibilityProperty: true}) && !(group(e) && groups.has(group(e)))).map(selectorOf);
}

// Rules: `focus-not-visible`, `focus-hidden` (beyond the window or under something else), `focus-trapped`,
// `focus-not-reached`.
// `tool`: an empty page to reckon in.
export async function checkFocus(page, tool) {
  const findings = [];
  await page.evaluate(selectorOf);
  const most = 50 + await page.evaluate(() => document.querySelectorAll('*').length);
  for (let i = 0; i < most; ++i) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(describeFocused, margin);
    if (focused === null) break;
    const {where, clip} = focused;
    if (focused.trapped) findings.push({rule: 'focus-trapped', where, what: 'the Tab key does not leave it'});
    if (focused.again) break;
    if (clip === null || !focused.seen) {
      findings.push({rule: 'focus-hidden', where, what: 'has the focus, and lies beyond the window or under something else'});
    } else {
      const picture = () => page.screenshot({clip, scale: 'css', animations: 'disabled', caret: 'initial'});
      const on = await picture();
      await page.evaluate(() => document.activeElement.blur());
      const changed = await changedPixels(tool, await picture(), on);
      await page.evaluate(() => globalThis.last.focus({preventScroll: true}));  // the next Tab goes on from here
      if (changed < 2 * focused.shortest) {
        findings.push({rule: 'focus-not-visible', where, what:
          `looks the same with the focus: ${changed} pixels differ clearly, ${Math.ceil(2 * focused.shortest)} would do`});
      }
    }
  }
  for (const where of await page.evaluate(describeMissed)) {
    findings.push({rule: 'focus-not-reached', where, what: 'can have the focus, but the Tab key never comes there'});
  }
  return findings;
}
