// The task file: `task name: needs`, then indented lines that say what it does.
import { parseDuration } from './duration.ts';
import { DependencyGraph } from './graph.ts';
import { Schedule } from './schedule.ts';

export interface TaskDefinition {
  name: string;
  needs: string[];
  commands: string[];
  inputs: string[];
  attempts: number;
  retryDelay: number;
  timeout: number | undefined;
  schedule: Schedule | undefined;
  optional: boolean;
}

export interface Taskfile {
  tasks: Map<string, TaskDefinition>;
  variables: Record<string, string>;
  graph: DependencyGraph;
}

/** Something is wrong on a line, counted from 1. */
export class TaskfileError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'TaskfileError';
    this.line = line;
  }
}

interface Line {
  number: number;
  indented: boolean;
  text: string;
}

/** Lines without comments; a backslash at the end joins the next line. */
export function* logicalLines(source: string): Generator<Line> {
  let held: Line | undefined;
  let number = 0;
  for (const raw of source.split(/\r?\n/)) {
    number += 1;
    const text = stripComment(raw);
    const current: Line = held ?? { number, indented: /^\s/.test(raw), text: '' };
    if (text.endsWith('\\')) {
      held = { ...current, text: `${current.text}${text.slice(0, -1).trim()} ` };
      continue;
    }
    held = undefined;
    current.text += text.trim();
    if (current.text !== '') yield current;
  }
  if (held !== undefined) throw new TaskfileError('the file ends inside a line', held.number);
}

/** A `#` starts a comment at the start of a line or after a space, outside quotes. */
function stripComment(line: string): string {
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (char === '#' && (index === 0 || /\s/.test(line[index - 1]!))) {
      return line.slice(0, index).trimEnd();
    }
  }
  return line.trimEnd();
}

class TaskfileParser {
  readonly #tasks = new Map<string, TaskDefinition>();
  readonly #lines = new Map<string, number>();
  readonly #variables: Record<string, string> = {};
  #current: TaskDefinition | undefined;

  parse(source: string): Taskfile {
    for (const line of logicalLines(source)) {
      if (line.indented) this.#property(line);
      else this.#heading(line);
    }
    return { tasks: this.#tasks, variables: this.#variables, graph: this.#link() };
  }

  #heading(line: Line): void {
    const assignment = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line.text);
    if (assignment !== null) {
      this.#current = undefined;
      this.#variables[assignment[1]!] = unquote(assignment[2]!);
      return;
    }
    const heading = /^task\s+([\w.-]+)(\?)?\s*(?::\s*(.*))?$/.exec(line.text);
    if (heading === null) throw new TaskfileError(`expected a task: "${line.text}"`, line.number);
    const name = heading[1]!;
    if (this.#tasks.has(name)) {
      throw new TaskfileError(`"${name}" is defined twice`, line.number);
    }
    this.#current = {
      name,
      needs: (heading[3] ?? '').split(/[\s,]+/).filter((need) => need !== ''),
      commands: [],
      inputs: [],
      attempts: 1,
      retryDelay: 0,
      timeout: undefined,
      schedule: undefined,
      optional: heading[2] === '?',
    };
    this.#tasks.set(name, this.#current);
    this.#lines.set(name, line.number);
  }

  #property(line: Line): void {
    const task = this.#current;
    if (task === undefined) throw new TaskfileError('an indented line outside a task', line.number);
    const space = line.text.search(/\s/);
    const word = space === -1 ? line.text : line.text.slice(0, space);
    const rest = space === -1 ? '' : line.text.slice(space).trim();
    if (rest === '') throw new TaskfileError(`"${word}" needs a value`, line.number);
    try {
      switch (word) {
        case 'run':
          task.commands.push(rest);
          break;
        case 'inputs':
          task.inputs.push(...rest.split(/\s+/));
          break;
        case 'timeout':
          task.timeout = parseDuration(rest);
          break;
        case 'schedule':
          task.schedule = new Schedule(rest);
          break;
        case 'retry': {
          const match = /^(\d+)(?:\s+every\s+(\S+))?$/.exec(rest);
          if (match === null) throw new RangeError(`not a retry rule: "${rest}"`);
          task.attempts = Number(match[1]) + 1;
          if (match[2] !== undefined) task.retryDelay = parseDuration(match[2]);
          break;
        }
        default:
          throw new RangeError(`unknown word "${word}"`);
      }
    } catch (error) {
      throw new TaskfileError(error instanceof Error ? error.message : String(error), line.number);
    }
  }

  #link(): DependencyGraph {
    const graph = new DependencyGraph();
    for (const task of this.#tasks.values()) {
      const line = this.#lines.get(task.name)!;
      for (const need of task.needs) {
        if (!this.#tasks.has(need)) {
          throw new TaskfileError(`"${task.name}" needs "${need}", which is not defined`, line);
        }
      }
      graph.add(task.name, task.needs);
    }
    return graph;
  }
}

function unquote(text: string): string {
  const first = text[0];
  if (text.length >= 2 && (first === '"' || first === "'") && text.endsWith(first)) {
    return text.slice(1, -1);
  }
  return text;
}

/** Reads a task file; throws TaskfileError at the first problem. */
export function parseTaskfile(source: string): Taskfile {
  return new TaskfileParser().parse(source);
}
