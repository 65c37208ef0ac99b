// The tool for finding text in files of every language.
import { z } from 'zod';
import { defineTool, type ToolResult } from '../../core/agent.ts';
import { resolvePath } from './paths.ts';

const MOST_FILES = 100;
const MOST_HITS = 200;
const HITS_PER_FILE = 20;
const LONGEST_LINE = 250;

/** Dependencies and caches: never what is meant. */
const SKIPPED_FOLDERS = [
  '.git',
  'node_modules',
  '.venv',
  'venv',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.tox',
];

export default defineTool({
  name: 'search',
  description:
    'Find text in a file or in all text files of a folder. Hits come as path:line: text. Dependencies and caches are left out.',
  parameters: z.object({
    search_term: z.string().min(1).describe('The text, to the letter.'),
    path: z.string().default('.').describe('File or folder. Default: the working folder.'),
    regex: z
      .boolean()
      .default(false)
      .describe('Read search_term as an extended regular expression.'),
    include: z.string().optional().describe('Only files whose name fits, e.g. *.ts'),
  }),
  readOnly: true,
  run: async ({ search_term: term, path, regex, include }, { bench, signal }) => {
    const result = await bench.sandbox.exec({
      argv: [
        'grep',
        '-rnHIZ',
        `--max-count=${HITS_PER_FILE + 1}`,
        ...SKIPPED_FOLDERS.map((folder) => `--exclude-dir=${folder}`),
        ...(include === undefined ? [] : [`--include=${include}`]),
        regex ? '-E' : '-F',
        '-e',
        term,
        '--',
        resolvePath(bench, path),
      ],
      limits: { timeoutMs: 60_000, outputBytes: 8 * 1024 * 1024 },
      signal,
    });
    const hits = parseHits(result.stdout, `${bench.folder}/`);
    if (hits.size === 0 && result.exitCode !== 0 && result.exitCode !== 1) {
      const why = result.stderr.trim().split('\n')[0] ?? '';
      const problem = result.outcome === 'timed-out' ? 'it took more than 60 s' : why;
      return { content: `The search failed: ${problem}`, failed: true };
    }
    return renderHits(hits, term);
  },
});

type Hits = Map<string, { line: string; text: string }[]>;

/** Reads `path NUL line:text` lines. */
function parseHits(output: string, folder: string): Hits {
  const hits: Hits = new Map();
  for (const row of output.split('\n')) {
    const match = /^(?<path>[^\0]+)\0(?<line>\d+):(?<text>.*)$/.exec(row);
    if (!match?.groups) continue;
    const { path = '', line = '', text = '' } = match.groups;
    const name = path.startsWith(folder) ? path.slice(folder.length).replace(/^\.\//, '') : path;
    const list = hits.get(name) ?? [];
    list.push({ line, text });
    hits.set(name, list);
  }
  return hits;
}

function renderHits(hits: Hits, term: string): ToolResult {
  if (hits.size === 0) return { content: `Nothing holds ${JSON.stringify(term)}.` };
  const files = [...hits.keys()].sort();
  const lines: string[] = [];
  let listed = 0;
  let shown = 0;
  for (const path of files) {
    if (listed === MOST_FILES || shown >= MOST_HITS) break;
    listed += 1;
    const found = hits.get(path) ?? [];
    for (const { line, text } of found.slice(0, HITS_PER_FILE)) {
      lines.push(`${path}:${line}: ${shorten(text.trim())}`);
      shown += 1;
    }
    if (found.length > HITS_PER_FILE) lines.push(`${path}: more hits in this file`);
  }
  const left = files.length - listed;
  if (left > 0)
    lines.push(`[… hits in ${left} more files: look for something rarer, or in one folder …]`);
  return { content: lines.join('\n'), data: { files: files.length } };
}

function shorten(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
}
