// The ways in which every page is looked at. Widths are CSS pixels.

const desktop = {width: 1280, height: 800};

// `context`: what the browser is told; `media`: print instead of screen; `spaced`: with a reader's own text spacing; `walked`:
// the Tab key is tried, which takes the longest and tells nothing new in the others.
export const states = [
  {name: 'light', context: {viewport: desktop, colorScheme: 'light'}, walked: true},
  {name: 'dark', context: {viewport: desktop, colorScheme: 'dark'}, walked: true},
  {name: 'forced-colors', context: {viewport: desktop, colorScheme: 'dark', forcedColors: 'active'}, walked: true},
  {name: 'width-360', context: {viewport: {width: 360, height: 740}, colorScheme: 'light'}},
  {name: 'width-320', context: {viewport: {width: 320, height: 640}, colorScheme: 'light'}, walked: true},
  // A window of 1280 x 1024 at 400 %: as WCAG 1.4.10 counts it, 320 x 256 CSS pixels of four device pixels each.
  {
    name: 'zoom-400',
    context: {viewport: {width: 320, height: 256}, deviceScaleFactor: 4, colorScheme: 'light'},
    walked: true,
  },
  // The spacing of WCAG 1.4.12.
  {name: 'text-spacing', context: {viewport: {width: 360, height: 740}, colorScheme: 'light'}, spaced: true},
  // What is left of the width of an A4 sheet between margins of 15 mm.
  {name: 'print', context: {viewport: {width: 680, height: 1009}, colorScheme: 'light'}, media: 'print'},
];
