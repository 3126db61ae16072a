// Looks at pages as their readers do, and fails on whatever keeps one of them out. README.md tells the rules.

import {readFileSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {checkAxe} from './axe.mjs';
import {launch, open} from './browser.mjs';
import {checkFocus} from './focus.mjs';
import {checkLayout} from './layout.mjs';
import {states} from './states.mjs';

const usage = `usage: node check_page.mjs [--doubts] PATH...   checks files, and all *.html of folders
       node check_page.mjs --self-test          checks the checker: it must find what faulty.html says, and no more

  --doubts   lists what axe-core cannot tell, too, for somebody to look at`;

const atOnce = 2;  // pages open at a time

async function checkIn(browser, tool, file, state) {
  const {page, findings} = await open(browser, file, state);
  try {
    const axe = await checkAxe(page);
    findings.push(...axe.findings, ...await checkLayout(page));
    if (state.walked) findings.push(...await checkFocus(page, tool));
    const mark = finding => ({...finding, state: state.name});
    return {findings: findings.map(mark), doubts: axe.doubts.map(mark)};
  } finally {
    await page.context().close();
  }
}

// Every file in every state: a list of {file, findings, doubts} in the files' order.
async function check(browser, files) {
  const tool = await (await browser.newContext()).newPage();
  const jobs = files.flatMap(file => states.map(state => ({file, state})));
  let next = 0;
  await Promise.all(Array.from({length: atOnce}, async () => {
    while (next < jobs.length) {
      const job = jobs[next++];
      job.result = await checkIn(browser, tool, job.file, job.state);
    }
  }));
  return files.map(file => {
    const results = jobs.filter(job => job.file === file).map(job => job.result);
    return {file, findings: results.flatMap(r => r.findings), doubts: results.flatMap(r => r.doubts)};
  });
}

// One paragraph for each rule and place, with the states in which it was found.
function describe(findings) {
  const grouped = new Map();
  for (const {rule, where, what, state} of findings) {
    const key = `${rule} at ${where}`;
    const group = grouped.get(key) ?? {what, states: new Set()};
    group.states.add(state);
    grouped.set(key, group);
  }
  return [...grouped].map(([key, {what, states: found}]) => {
    const where = found.size === states.length ? 'everywhere' : [...found].join(', ');
    return `  ${key} (${where})\n      ${what.replace(/\s+/g, ' ')}`;
  }).join('\n');
}

function report({file, findings, doubts}, withDoubts) {
  console.log(`${file}: ${findings.length === 0 ? 'nothing found' : `${findings.length} findings`}`);
  if (findings.length) console.log(describe(findings));
  if (withDoubts && doubts.length) console.log(`  axe-core cannot tell, so somebody has to look:\n${describe(doubts)}`);
}

// The page announces its faults as JSON, [{rule, where, states}], `states` being "all", "walked" or a list of names.
async function selfTest(browser) {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const [faulty, sound] = ['faulty.html', 'sound.html'].map(name => path.join(here, name));
  const announced = JSON.parse(/<script type="application\/json">(.*?)<\/script>/s.exec(readFileSync(faulty, 'utf8'))[1]);
  const key = ({rule, where, state}) => `${rule} at ${where} in ${state}`;
  const expected = new Set(announced.flatMap(({rule, where, states: named}) => {
    const all = states.filter(s => named === 'all' || s.walked).map(s => s.name);
    return (Array.isArray(named) ? named : all).map(state => key({rule, where, state}));
  }));
  const [faultyResult, soundResult] = await check(browser, [faulty, sound]);
  const found = new Set(faultyResult.findings.map(key));
  const missed = [...expected].filter(k => !found.has(k));
  const invented = [...found].filter(k => !expected.has(k));
  for (const k of missed) console.log(`the checker misses ${k}`);
  for (const k of invented) console.log(`the checker finds what is not announced: ${k}`);
  if (soundResult.findings.length) report(soundResult);
  const whole = missed.length === 0 && invented.length === 0 && soundResult.findings.length === 0;
  console.log(whole ? `the checker finds all ${expected.size} announced faults, and no other` : 'the checker is broken');
  return whole;
}

function filesOf(paths) {
  return paths.flatMap(given => {
    if (!statSync(given).isDirectory()) return [given];
    const files = readdirSync(given).filter(name => name.endsWith('.html')).sort().map(name => path.join(given, name));
    if (files.length === 0) throw new Error(`no *.html in ${given}`);
    return files;
  });
}

async function main(args) {
  const options = args.filter(arg => arg.startsWith('-')), paths = args.filter(arg => !arg.startsWith('-'));
  const testsItself = options.includes('--self-test');
  const known = ['--doubts', '--self-test'];
  if (options.some(option => !known.includes(option)) || testsItself === paths.length > 0) {
    console.error(usage);
    return 2;
  }
  const files = filesOf(paths);
  const browser = await launch();
  try {
    if (testsItself) return await selfTest(browser) ? 0 : 1;
    const results = await check(browser, files);
    for (const result of results) report(result, options.includes('--doubts'));
    const faulty = results.filter(r => r.findings.length).length;
    console.log(`${files.length} pages in ${states.length} states: ${faulty ? `${faulty} with findings` : 'nothing found'}`);
    return faulty ? 1 : 0;
  } finally {
    await browser.close();
  }
}

process.exitCode = await main(process.argv.slice(2)).catch(error => {
  console.error(`check_page: ${error.stack ?? error}`);
  return 2;
});
