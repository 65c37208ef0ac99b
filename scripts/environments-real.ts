// Sets up published packages that we did not write, with static recipes alone, and writes down how many come through.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { environmentRecord } from '../src/core/schema/index.ts';
import type { EnvironmentRecord } from '../src/core/schema/index.ts';
import { startCommandLine } from '../src/testing/command-line.ts';

/** Written down before any of them was run, and not changed since: see the rule in the document. */
const packages = [
  'pypi:requests==2.34.2',
  'pypi:urllib3==2.8.0',
  'pypi:packaging==26.3',
  'pypi:click==8.5.1',
  'pypi:attrs==26.1.0',
  'pypi:jinja2==3.1.6',
  'pypi:flask==3.1.3',
  'pypi:python-dateutil==4.0.0',
  'pypi:pygments==2.21.0',
  'pypi:markdown==3.11.3',
  'pypi:more-itertools==11.2.1',
  'pypi:inflect==7.6.0',
  'pypi:jsonschema==4.26.0',
  'pypi:PyYAML==6.0.3',
  'pypi:docutils==0.23',
  'npm:fastify@5.12.8',
  'npm:pino@10.4.0',
  'npm:fast-json-stringify@7.3.6',
  'npm:qs@6.17.1',
  'npm:minimist@1.2.8',
  'npm:rfdc@1.4.1',
  'npm:eslint-plugin-jsx-a11y@6.10.2',
  'npm:jsx-ast-utils@3.3.5',
  'npm:zod@4.6.7',
  'npm:msw@2.15.0',
  'npm:mpath@0.9.0',
  'npm:object-path@0.11.8',
  'npm:lunr@2.3.9',
  'npm:papaparse@5.7.1',
  'npm:busboy@1.6.0',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'swemint-runs/environments' },
    replays: { type: 'string', default: '3' },
    document: { type: 'string', default: 'docs/environments.md' },
    /** Only writes down what earlier starts have found. */
    stored: { type: 'boolean', default: false },
  },
});
const sources = positionals.length > 0 ? positionals : packages;
const answer = z.object({ environments: z.array(environmentRecord) });

/** Sets one up in a run of its own, or reads what an earlier start has found. */
async function setUp(source: string): Promise<EnvironmentRecord | undefined> {
  const folder = join(values.out, source.replaceAll(/[^\w.-]+/g, '-'));
  const file = join(folder, 'record.json');
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  if (stored !== undefined) return environmentRecord.parse(JSON.parse(stored));
  if (values.stored) return undefined;
  await mkdir(folder, { recursive: true });
  const { child, result: end } = startCommandLine(
    ['env', source, '--out', folder, '--no-memory', '--replays', values.replays, '--json'],
    process.cwd(),
  );
  child.stderr?.pipe(process.stderr, { end: false });
  const { stdout } = await end;
  const [record] = answer.parse(JSON.parse(stdout)).environments;
  if (!record) throw new Error(`There is no record of ${source}: ${stdout}`);
  await writeFile(file, JSON.stringify(record));
  return record;
}

/** The gate says that results agree; here they must also be those of nearly the whole suite. */
const goodShare = 0.9;

function comesThrough(record: EnvironmentRecord | undefined): boolean {
  if (record?.status !== 'success' || !record.certificate) return false;
  const { counts, unloaded } = record.certificate;
  return unloaded.length === 0 && counts.passed >= goodShare * counts.total;
}

function renderDocument(done: ReadonlyMap<string, EnvironmentRecord | undefined>): string {
  const through = [...done.values()].filter(comesThrough).length;
  const missing = [...done.values()].filter((record) => record === undefined).length;
  return `# Environments of published packages

Made by \`npm run environments:real\`: \`swemint env\` on 30 published packages, without a model and without memory, so that only the static recipes are at work. An environment is built ${values.replays} times in fresh sandboxes, each in a folder of another name, its suite run offline after each build; results must parse and agree. It counts here when, beyond that, every test file loads and at least nine tests of ten pass in every run.

**${through} of ${done.size} come through** (${((100 * through) / done.size).toFixed(0)} %)${missing === 0 ? '' : `; ${missing} were not run`}.

**How they were chosen.** Well-known packages whose newest archive on the day ships its tests, fifteen from PyPI (source archives) and fifteen from npm, so that frameworks, build back-ends and ways of declaring needs differ. The list was written down, versions included, before any of them was run, and none was exchanged afterwards. The recipes were then improved with these packages in view, but know none of them by name.

${renderTable(done, 'Python', 'pypi:')}

${renderTable(done, 'JavaScript and TypeScript', 'npm:')}

*Passed* counts tests that pass in every run, *flaky* those that do not end the same way in all. *Seconds* are those of one build and one run, the median of ${values.replays}. On a machine without network to the registries, or with other versions of Python and Node, figures differ.
`;
}

function renderTable(
  done: ReadonlyMap<string, EnvironmentRecord | undefined>,
  title: string,
  prefix: string,
): string {
  const rows = [...done]
    .filter(([source]) => source.startsWith(prefix))
    .map(([source, record]) => `| ${renderRow(source.slice(prefix.length), record).join(' | ')} |`);
  return `## ${title}\n\n| Package | | Framework | Recipe | Passed | Flaky | Seconds | |\n|---|---|---|---|---:|---:|---:|---|\n${rows.join('\n')}`;
}

function renderRow(name: string, record: EnvironmentRecord | undefined): string[] {
  if (!record) return [name, '', '', '', '', '', '', 'not run'];
  const { certificate, environment } = record;
  const mark = comesThrough(record) ? '✓' : '–';
  if (!certificate || !environment) return [name, mark, '', '', '', '', '', oneLine(record.reason)];
  const { counts, replays, unloaded } = certificate;
  const seconds = replays
    .map(({ installMs, testMs }) => (installMs + testMs) / 1000)
    .toSorted((a, b) => a - b)[Math.floor(replays.length / 2)];
  return [
    name,
    mark,
    certificate.framework,
    environment.spec.recipe,
    `${counts.passed} of ${counts.total}`,
    String(counts.flaky),
    (seconds ?? 0).toFixed(0),
    unloaded.length === 0 ? '' : `cannot load ${unloaded.slice(0, 3).join(', ')}`,
  ];
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', String.raw`\|`);
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

const done = new Map<string, EnvironmentRecord | undefined>();
for (const source of sources) {
  process.stderr.write(`\n== ${source}\n`);
  done.set(source, await setUp(source));
  await writeFile(values.document, renderDocument(done));
}
