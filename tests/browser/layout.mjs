// Whether everything fits and can be read: what axe-core does not measure.

import {selectorOf} from './selector.mjs';

// Rules: `page-scrolls-sideways` (on paper: is cut off), `text-cut-off`, `texts-overlap` and `svg-text-contrast` (within a
// drawing), `text-too-small`.
export async function checkLayout(page) {
  await page.evaluate(selectorOf);
  return page.evaluate(() => {
    const leastTextSize = 9;      // CSS pixels; 6.75 pt on paper
    const leastContrast = 4.5;    // WCAG 1.4.3
    const findings = [];
    const add = (rule, element, what) => findings.push({rule, where: selectorOf(element), what});
    const root = document.documentElement;
    const visible = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const clips = value => value === 'hidden' || value === 'clip';
    const elements = [...document.body.querySelectorAll('*')].filter(visible);
    const ownText = element => [...element.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim() !== '');

    // Whether what sticks out of `element`'s ancestors is kept within one of them.
    const contained = element => {
      for (let up = element.parentElement; up && up !== document.body && up !== root; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== 'visible') return true;
      }
      return false;
    };
    if (root.scrollWidth > root.clientWidth) {
      const sticksOut = element => element.getBoundingClientRect().right + scrollX > root.clientWidth + 0.5;
      const out = elements.filter(e => sticksOut(e) && !contained(e) && ![...e.children].some(sticksOut));
      const what = `the page is ${root.scrollWidth} px wide in ${root.clientWidth} px`;
      for (const element of out.length ? out.slice(0, 5) : [root]) add('page-scrolls-sideways', element, what);
    }

    for (const element of elements) {
      if (element instanceof SVGElement || !ownText(element)) continue;
      const style = getComputedStyle(element);
      const {width, height} = element.getBoundingClientRect();
      if (width <= 1 || height <= 1 || style.clipPath !== 'none') continue;  // for screen readers alone
      if ((clips(style.overflowX) && element.scrollWidth > element.clientWidth + 1) ||
          (clips(style.overflowY) && element.scrollHeight > element.clientHeight + 1)) {
        add('text-cut-off', element, 'its text is larger than the box that hides the rest');
      }
      const size = parseFloat(style.fontSize);
      if (size < leastTextSize) add('text-too-small', element, `its text has ${size.toFixed(1)} px`);
    }

    // Colours over each other, as the browser mixes them.
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const mixed = layers => {
      canvas.clearRect(0, 0, 1, 1);
      for (const {color, opacity} of layers) {
        canvas.globalAlpha = opacity;
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = rgb => {
      const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    const opacityOf = element => {
      let opacity = 1;
      for (let up = element; up; up = up.parentElement) opacity *= parseFloat(getComputedStyle(up).opacity);
      return opacity;
    };
    const fillOf = element => {
      const style = getComputedStyle(element);
      if (!(element instanceof SVGElement) || element instanceof SVGSVGElement) {
        return {color: style.backgroundColor, opacity: opacityOf(element)};
      }
      if (!(element instanceof SVGGeometryElement) || style.fill === 'none' || style.fill.startsWith('url')) return null;
      return {color: style.fill, opacity: opacityOf(element) * parseFloat(style.fillOpacity)};
    };
    const base = document.body.appendChild(document.createElement('i'));
    base.style.backgroundColor = 'Canvas';
    const paper = {color: getComputedStyle(base).backgroundColor, opacity: 1};
    base.remove();

    for (const svg of document.querySelectorAll('svg')) {
      if (!visible(svg)) continue;
      // Not scrollIntoView, from which some browsers let the Tab key go on.
      scrollTo(0, svg.getBoundingClientRect().top + scrollY - innerHeight / 4);
      const frame = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll('text')].filter(t => visible(t) && t.textContent.trim() !== '');
      const boxes = texts.map(t => t.getBoundingClientRect());
      texts.forEach((text, i) => {
        const box = boxes[i];
        const style = getComputedStyle(text);
        const matrix = text.getScreenCTM();
        const size = parseFloat(style.fontSize) * Math.hypot(matrix.b, matrix.d);
        if (size < leastTextSize) add('text-too-small', text, `"${text.textContent.trim()}" has ${size.toFixed(1)} px`);
        if (getComputedStyle(svg).overflow !== 'visible' &&
            (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
             box.bottom > frame.bottom + 1)) {
          add('text-cut-off', text, `"${text.textContent.trim()}" reaches out of its drawing`);
        }
        for (let j = 0; j < i; ++j) {
          const wide = Math.min(box.right, boxes[j].right) - Math.max(box.left, boxes[j].left);
          const high = Math.min(box.bottom, boxes[j].bottom) - Math.max(box.top, boxes[j].top);
          if (wide > 1 && high > 0.25 * Math.min(box.height, boxes[j].height)) {
            add('texts-overlap', text, `"${text.textContent.trim()}" lies over "${texts[j].textContent.trim()}"`);
          }
        }
        const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
        const stack = document.elementsFromPoint(x, y);
        if (style.fill === 'none' || stack.length === 0) return;
        const under = stack.filter(e => e !== text && !text.contains(e)).map(fillOf).filter(Boolean).reverse();
        const behind = [paper, ...under];
        const fill = {color: style.fill, opacity: opacityOf(text) * parseFloat(style.fillOpacity)};
        const ratio = contrast(mixed(behind), mixed([...behind, fill]));
        if (ratio < leastContrast) {
          add('svg-text-contrast', text, `"${text.textContent.trim()}" has a contrast of ${ratio.toFixed(2)}`);
        }
      });
    }
    scrollTo(0, 0);
    return findings;
  });
}
