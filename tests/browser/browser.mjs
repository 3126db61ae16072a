// Debian's browser, driven by playwright-core; nothing that a page asks for beyond itself is ever fetched.

import {accessSync, constants, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = createRequire(path.join(here, '../../build/npm/package.json'));

export const axeSource = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');

// CANDOR_BROWSER, else the first that is installed.
function browserPath() {
  const candidates = process.env.CANDOR_BROWSER ? [process.env.CANDOR_BROWSER] :
    ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch { /* the next one */ }
  }
  throw new Error(`no browser at ${candidates.join(' or ')}; install Debian's chromium-headless-shell`);
}

export async function launch() {
  const {chromium} = packages('playwright-core');
  return chromium.launch({
    executablePath: browserPath(),
    // Whatever slips by the routes below finds no name and no way out.
    args: ['--host-resolver-rules=MAP * ~NOTFOUND', '--proxy-server=127.0.0.1:9', '--proxy-bypass-list=<-loopback>'],
  });
}

const textSpacing = `
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }`;

// Opens `file` in `state` in a context of its own. `page` is to be closed by closing `page.context()`; `findings` grows
// as the page asks for what is not itself or complains.
export async function open(browser, file, state) {
  const findings = [];
  const context = await browser.newContext({...state.context, reducedMotion: 'reduce', acceptDownloads: false});
  const page = await context.newPage();
  const own = pathToFileURL(path.resolve(file)).href;
  const refused = new Set();
  await page.route('**/*', route => {
    const url = route.request().url();
    if (url.split('#')[0] === own) return route.continue();
    refused.add(url);
    findings.push({rule: 'request', where: path.posix.basename(url), what: `asks for ${url}; a page brings all that it needs`});
    return route.abort();
  });
  page.on('console', message => {
    if (message.type() !== 'error' || refused.has(message.location().url)) return;
    findings.push({rule: 'console', where: 'html', what: message.text()});
  });
  page.on('pageerror', error => findings.push({rule: 'console', where: 'html', what: String(error)}));
  await page.emulateMedia({media: state.media ?? 'screen'});
  await page.goto(own, {waitUntil: 'load', timeout: 60_000});
  if (state.spaced) {
    // Not a <style>, which the page's own policy may refuse.
    await page.evaluate(css => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets.push(sheet);
    }, textSpacing);
  }
  return {page, findings};
}
