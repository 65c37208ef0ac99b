// Gathers what the recording processes wrote into one document: for each test file, which parts of which source ran.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { flatten, include, merge } from './coverage-intervals.mjs';
import { readSourceMap } from './coverage-maps.mjs';

const [folder, root, output] = process.argv.slice(2);

/** By test file; `''` holds what belongs to none. */
const owners = new Map();
const disk = new Map();
const texts = new Map();

const inRepository = (path) => relative(root, path).split(sep).join('/');
const ownerOf = (path) => (path === '' ? '' : inRepository(resolve(root, path)));

function recordOf(name) {
  let found = owners.get(name);
  if (found === undefined) {
    found = {
      modules: new Map(),
      reads: new Set(),
      started: 0,
      ended: 0,
      programs: 0,
      foreign: new Set(),
      workers: 0,
      functionText: false,
      required: new Set(),
      imported: new Set(),
      builtins: new Set(),
      problems: new Set(),
    };
    owners.set(name, found);
  }
  return found;
}

function onDisk(path) {
  if (!disk.has(path)) disk.set(path, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  return disk.get(path);
}

/** Places of a running script in the files it was made from. */
function originOf({ path, text }) {
  if (text === undefined) return { kind: 'same', path };
  const key = `${path}\n${text}`;
  if (!texts.has(key))
    texts.set(key, findOrigin(path, readFileSync(join(folder, `${text}.text`), 'utf8')));
  return texts.get(key);
}

function findOrigin(path, script) {
  const original = onDisk(path);
  if (original !== undefined && original.trim().length > 20) {
    const at = script.indexOf(original);
    if (at !== -1) return { kind: 'shifted', path, by: at, length: original.length };
  }
  const map = readSourceMap(script, path);
  if (map === undefined) return { kind: 'unknown', path };
  return { kind: 'mapped', path, map, length: script.length };
}

function addScript(record, script) {
  const origin = originOf(script);
  const intervals = flatten(script.ranges);
  if (origin.kind === 'same') addModule(record, script.path, intervals, true);
  else if (origin.kind === 'shifted') {
    const moved = intervals
      .map(([start, end]) => [
        Math.max(0, start - origin.by),
        Math.min(origin.length, end - origin.by),
      ])
      .filter(([start, end]) => end > start);
    addModule(record, script.path, moved, true);
  } else if (origin.kind === 'unknown') addModule(record, script.path, undefined, false);
  else addMapped(record, origin, intervals);
}

function addMapped(record, { path, map }, intervals) {
  addModule(record, path, map.has(path) ? [] : undefined, false);
  for (const [source, segments] of map) {
    if (!source.startsWith(`${root}/`) || source.includes('/node_modules/')) continue;
    const text = onDisk(source);
    if (text === undefined) continue;
    const ran = segments.at(text, (generated) => include(intervals, generated));
    addModule(record, source, ran, false);
  }
}

/** `ran` undefined: it is not known what ran of the module. */
function addModule(record, path, ran, exact) {
  const name = inRepository(path);
  const known = record.modules.get(name);
  if (known === undefined) record.modules.set(name, { ran, exact });
  else {
    known.ran = known.ran === undefined || ran === undefined ? undefined : merge(known.ran, ran);
    known.exact &&= exact;
  }
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.jsonl'))) {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean);
  let owner = '';
  let ended = false;
  for (const line of lines) {
    let fact;
    try {
      fact = JSON.parse(line);
    } catch {
      continue;
    }
    if (Array.isArray(fact.owner)) {
      if (fact.type === 'script') {
        for (const name of fact.owner) addScript(recordOf(ownerOf(name)), fact);
      }
      continue;
    }
    const record = recordOf(fact.owner === undefined ? owner : ownerOf(fact.owner));
    if (fact.type === 'start') {
      owner = ownerOf(fact.owner);
      record.started += 1;
    } else if (fact.type === 'script') addScript(record, fact);
    else if (fact.type === 'read') record.reads.add(inRepository(fact.path));
    else if (fact.type === 'worker') record.workers += 1;
    else if (fact.type === 'program' && fact.node) record.programs += 1;
    else if (fact.type === 'program') record.foreign.add(fact.program);
    else if (fact.type === 'function-text') record.functionText = true;
    else if (fact.type === 'loaded') {
      for (const path of fact.required) record.required.add(inRepository(path));
      for (const path of fact.imported) record.imported.add(inRepository(path));
      for (const name of fact.builtins) record.builtins.add(name);
    } else if (fact.type === 'problem') record.problems.add(fact.problem);
    else if (fact.type === 'end' && !ended) {
      ended = true;
      record.ended += 1;
    }
  }
}

const document = Object.fromEntries(
  [...owners].map(([owner, record]) => [
    owner,
    {
      modules: Object.fromEntries(
        [...record.modules].map(([path, { ran, exact }]) => [
          path,
          { ran: ran?.flat() ?? null, exact },
        ]),
      ),
      reads: [...record.reads],
      started: record.started,
      ended: record.ended,
      programs: record.programs,
      workers: record.workers,
      foreign: [...record.foreign],
      functionText: record.functionText,
      required: [...record.required],
      imported: [...record.imported],
      builtins: [...record.builtins],
      problems: [...record.problems],
    },
  ]),
);
writeFileSync(output, JSON.stringify(document));
