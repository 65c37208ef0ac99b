// The tool for looking at files and changing them exactly.
import { z } from 'zod';
import { defineTool, type ToolResult, type Workbench } from '../../core/agent.ts';
import { createEditHistory, type EditHistory } from './edit/history.ts';
import { listFolder } from './edit/list-folder.ts';
import { findUnique } from './edit/replace.ts';
import { showAround, showLines } from './edit/show.ts';
import { linesOf, readTextFile, withLineEndsOf } from './edit/text-file.ts';
import { resolvePath } from './paths.ts';

const parameters = z.object({
  command: z.enum(['view', 'create', 'str_replace', 'insert', 'undo_edit']),
  path: z.string().min(1).describe('File or folder; relative paths start at the working folder.'),
  view_range: z
    .tuple([z.number().int(), z.number().int()])
    .optional()
    .describe('view: first and last line, from 1; -1 as the last means to the end.'),
  file_text: z.string().optional().describe('create: what the new file holds.'),
  old_str: z
    .string()
    .optional()
    .describe('str_replace: text that stands exactly once in the file.'),
  new_str: z
    .string()
    .optional()
    .describe('str_replace: what takes its place (nothing when absent). insert: the new lines.'),
  insert_line: z
    .number()
    .int()
    .optional()
    .describe('insert: the line after which the text goes; 0 for the beginning.'),
});
type Arguments = z.output<typeof parameters>;

export default defineTool({
  name: 'edit',
  description:
    'Look at files and change them. `view` shows a file with line numbers, or a folder two levels deep. `create` makes a new file and its folders. `str_replace` replaces a text that stands exactly once, white space included. `insert` puts lines after a line. `undo_edit` takes back the last change made to a file with this tool.',
  parameters,
  run: async (args, { bench, signal }) => {
    const path = resolvePath(bench, args.path);
    switch (args.command) {
      case 'view':
        return view(args, path, bench, signal);
      case 'create':
        return create(args, path, bench);
      case 'str_replace':
        return replace(args, path, bench);
      case 'insert':
        return insert(args, path, bench);
      case 'undo_edit':
        return undo(path, bench, signal);
      default:
        return args.command satisfies never;
    }
  },
});

async function view(
  args: Arguments,
  path: string,
  bench: Workbench,
  signal: AbortSignal,
): Promise<ToolResult> {
  const listing = await listFolder(bench.sandbox, path, signal);
  if (listing !== undefined) return { content: listing };
  const file = await open(bench, path);
  if ('problem' in file) return failure(file.problem);
  const [first = 1, end = -1] = args.view_range ?? [];
  const count = linesOf(file.text).length;
  const last = end === -1 ? count : end;
  if (first < 1 || last < first || (first > count && count > 0)) {
    return failure(`view_range must lie within the file's ${count} lines, first before last.`);
  }
  return { content: showLines(file.text, first, last) };
}

async function create(args: Arguments, path: string, bench: Workbench): Promise<ToolResult> {
  if (args.file_text === undefined) return failure('create needs file_text.');
  if ((await readTextFile(bench.sandbox, path)) !== undefined) {
    return failure(`${path} exists already: change it with str_replace or insert.`);
  }
  await save(bench, path, undefined, args.file_text);
  return { content: `Made ${path} with ${linesOf(args.file_text).length} lines.` };
}

async function replace(args: Arguments, path: string, bench: Workbench): Promise<ToolResult> {
  if (!args.old_str) return failure('str_replace needs old_str, the text to be replaced.');
  const file = await open(bench, path);
  if ('problem' in file) return failure(file.problem);
  const before = file.text;
  const wanted = withLineEndsOf(before, args.old_str);
  const replacement = withLineEndsOf(before, args.new_str ?? '');
  if (wanted === replacement) return failure('old_str and new_str are the same.');
  const place = findUnique(before, wanted);
  if ('problem' in place) return failure(place.problem);
  const { offset } = place;
  const after = before.slice(0, offset) + replacement + before.slice(offset + wanted.length);
  await save(bench, path, before, after);
  return { content: `Changed ${path}:\n${showAround(after, offset, replacement.length)}` };
}

async function insert(args: Arguments, path: string, bench: Workbench): Promise<ToolResult> {
  if (args.insert_line === undefined) return failure('insert needs insert_line.');
  if (!args.new_str) return failure('insert needs new_str, the lines to put in.');
  const file = await open(bench, path);
  if ('problem' in file) return failure(file.problem);
  const before = file.text;
  const count = linesOf(before).length;
  if (args.insert_line < 0 || args.insert_line > count) {
    return failure(`insert_line must be from 0 to ${count}.`);
  }
  const lineEnd = withLineEndsOf(before, '\n');
  const offset = offsetAfterLine(before, args.insert_line);
  const text = withLineEndsOf(before, args.new_str.replace(/\r?\n$/, ''));
  // The last line of a file may lack its end, and goes on lacking it.
  const unended = offset > 0 && before[offset - 1] !== '\n';
  const inserted = unended ? `${lineEnd}${text}` : `${text}${lineEnd}`;
  const after = before.slice(0, offset) + inserted + before.slice(offset);
  await save(bench, path, before, after);
  const start = unended ? offset + lineEnd.length : offset;
  return { content: `Changed ${path}:\n${showAround(after, start, text.length)}` };
}

async function undo(path: string, bench: Workbench, signal: AbortSignal): Promise<ToolResult> {
  const history = historyOf(bench);
  const edit = history.take(path);
  if (!edit) return failure(`There is no edit of ${path} to take back.`);
  const file = await readTextFile(bench.sandbox, path);
  if (!file || !('text' in file) || file.text !== edit.after) {
    history.add(edit);
    return failure(`${path} has changed since the edit: taking it back would lose that.`);
  }
  if (edit.before === undefined) {
    const argv = ['rm', '-f', '--', path];
    await bench.sandbox.exec({ argv, signal });
    return { content: `Removed ${path}, which the edit had made.` };
  }
  await bench.sandbox.write(path, edit.before);
  return { content: `Took back the last edit of ${path}.` };
}

async function open(
  bench: Workbench,
  path: string,
): Promise<{ text: string } | { problem: string }> {
  return (await readTextFile(bench.sandbox, path)) ?? { problem: `There is no file ${path}.` };
}

async function save(
  bench: Workbench,
  path: string,
  before: string | undefined,
  after: string,
): Promise<void> {
  await bench.sandbox.write(path, after);
  historyOf(bench).add({ path, before, after });
}

const KEY = {};

function historyOf(bench: Workbench): EditHistory {
  return bench.keep(KEY, createEditHistory);
}

function offsetAfterLine(text: string, line: number): number {
  let offset = 0;
  for (let passed = 0; passed < line; passed += 1) {
    const end = text.indexOf('\n', offset);
    if (end === -1) return text.length;
    offset = end + 1;
  }
  return offset;
}

function failure(content: string): ToolResult {
  return { content, failed: true };
}
