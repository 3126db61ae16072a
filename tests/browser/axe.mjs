// axe-core: WCAG 2.0, 2.1 and 2.2, levels A and AA, and its best practices.

import {axeSource} from './browser.mjs';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// In the page: sets colours to what is seen anyway, where axe-core would take others for it. Without a background it takes a
// page for white, in the dark too; and in forced colours the browser still tells the author's colour as that of the glyphs.
function sayWhatIsSeen() {
  const transparent = element => getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)';
  const root = document.documentElement;
  if (transparent(root) && transparent(document.body)) root.style.backgroundColor = 'Canvas';
  if (!matchMedia('(forced-colors: active)').matches) return;
  const seen = [...document.querySelectorAll('body, body *')].map(element => [element, getComputedStyle(element).color]);
  for (const [element, color] of seen) element.style.webkitTextFillColor = color;
}

// What axe-core is sure of, as findings, and what it cannot tell, as doubts. Of text within drawings it can never tell the
// contrast; layout.mjs measures that.
export async function checkAxe(page) {
  await page.evaluate(axeSource);
  await page.evaluate(sayWhatIsSeen);
  const result = await page.evaluate(tags => axe.run(document, {
    runOnly: tags,
    rules: {'target-size': {enabled: true}},  // off unless it is asked for
    resultTypes: ['violations', 'incomplete'],
    preload: false,
    iframes: false,
  }), tags);
  const drawn = await page.evaluate(
    targets => targets.filter(t => t.length === 1 && document.querySelector(t[0]) instanceof SVGElement).map(String),
    result.incomplete.flatMap(rule => rule.nodes.map(node => node.target)));
  for (const rule of result.incomplete) {
    if (rule.id === 'color-contrast') rule.nodes = rule.nodes.filter(node => !drawn.includes(String(node.target)));
  }
  const listed = rules => rules.flatMap(rule => rule.nodes.map(node => ({
    rule: rule.id,
    where: node.target.flat().join(' '),
    what: [rule.help, ...[...node.any, ...node.all, ...node.none].map(check => check.message)].join('; '),
  })));
  return {findings: listed(result.violations), doubts: listed(result.incomplete)};
}
