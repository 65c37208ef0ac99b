// Keeps a rollout in a file of JSON lines that only grows: whatever happens, whole steps are there.
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import { type Trajectory, trajectoryLine, type TrajectoryLine } from '../core/schema/trajectory.ts';
import { assembleTrajectory, type SaveLine } from './trajectory.ts';

export interface TrajectoryFile {
  save: SaveLine;
  /** What the file held when it was opened; give it to `resume`. */
  past: Trajectory | undefined;
}

/**
 * Opens a trajectory to write on, and reads what is there. A line that a kill tore is removed.
 * Throws `SwemintError('bad-trajectory')` when the file holds something else.
 */
export async function openTrajectoryFile(path: string): Promise<TrajectoryFile> {
  await mkdir(dirname(path), { recursive: true });
  const text = await readIfThere(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) await truncate(path, Buffer.byteLength(whole));
  const lines = parseLines(whole, path);
  return {
    past: lines.length > 0 ? assembleTrajectory(lines) : undefined,
    save: (line) => appendFile(path, `${JSON.stringify(line)}\n`),
  };
}

/** Reads a trajectory, finished or not. Throws `SwemintError('bad-trajectory')`. */
export async function readTrajectory(path: string): Promise<Trajectory> {
  const text = await readIfThere(path);
  const lines = parseLines(text.slice(0, text.lastIndexOf('\n') + 1), path);
  if (lines.length === 0) throw badTrajectory(path, 'it is empty');
  return assembleTrajectory(lines);
}

function parseLines(text: string, path: string): TrajectoryLine[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const parsed = trajectoryLine.safeParse(parseJson(line));
    if (!parsed.success) throw badTrajectory(path, `line ${index + 1} cannot be read`);
    return parsed.data;
  });
}

function badTrajectory(path: string, why: string): SwemintError {
  return new SwemintError('bad-trajectory', `${path} is not a trajectory: ${why}.`, {
    hint: 'Name another file, or remove this one.',
  });
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
