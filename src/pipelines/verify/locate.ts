// Finds or rebuilds the environment that a task belongs to.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../../core/errors.ts';
import type { SourceSpec, Task } from '../../core/schema/index.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import type { Kit } from '../../kit.ts';
import { checkout } from '../../repo/checkout.ts';
import { parseSource } from '../../repo/parse-source.ts';
import { layout } from '../../validation/suite.ts';
import { buildInto } from '../environment/build.ts';

/**
 * Checks the task's source out again (or `repo`, when given) into `folder` and installs it as its
 * record says. Throws when the code is not the code that the task was made from.
 */
export async function rebuildEnvironment(
  kit: Pick<Kit, 'sandbox' | 'emit' | 'signal'>,
  config: ScaleConfig,
  folder: string,
  task: Task,
  repo: string | undefined,
): Promise<string> {
  const base = join(folder, task.repository.id);
  await rm(base, { recursive: true, force: true });
  await mkdir(base, { recursive: true });
  const source: SourceSpec =
    repo === undefined ? sourceOf(task) : { kind: 'folder', location: repo };
  kit.emit({ type: 'stage-start', stage: 'repository', repository: task.repository.name });
  const { repository } = await checkout(source, {
    into: join(base, layout.repository),
    provider: kit.sandbox,
    signal: kit.signal,
    emit: kit.emit,
  });
  if (repository.commit !== task.repository.commit) {
    throw new SwemintError(
      'other-code',
      `${source.location} does not hold the code that ${task.id} was made from.`,
      {
        hint: `It was made from ${task.repository.source} at ${task.repository.revision}; give that checkout with --repo.`,
      },
    );
  }
  kit.emit({ type: 'stage-start', stage: 'environment', repository: task.repository.name });
  const built = await buildInto(base, task.environment.spec, kit, config);
  if (!built.ok) {
    throw new SwemintError(
      'install-failed',
      `The environment of ${task.repository.name} cannot be built: the step "${built.step}" failed. ${built.reason}\n${built.logTail}`,
      {
        hint: 'Check that the package registries are reachable.',
      },
    );
  }
  return base;
}

/** The source as recorded, at the very revision that was used. */
function sourceOf(task: Task): SourceSpec {
  const source = parseSource(task.repository.source);
  return source.kind === 'folder' ? source : { ...source, revision: task.repository.revision };
}
