// Tries scripts as they are: a row's own, or what an agent has written for a neighbour.
import type { EnvironmentMaker } from '../../core/schema/index.ts';
import { describeScripts } from './agent/prompts/task.ts';
import { sentence } from './attempts.ts';
import { prove } from './prove.ts';
import type { Proven } from './prove.ts';
import { specFromScripts } from './scripted-spec.ts';
import type { Scripts } from './scripted-spec.ts';
import { passing } from './search.ts';
import type { Search } from './search.ts';

/** Tries scripts as they are. Undefined when the gate refuses them; the log says why. */
export async function tryScripts(
  scripts: Scripts,
  maker: EnvironmentMaker,
  search: Search,
): Promise<Proven | undefined> {
  const since = performance.now();
  const read = await specFromScripts(scripts, search.scripts);
  const result = read.ok
    ? await prove({ spec: read.spec, scripts, maker, strict: true }, search)
    : { code: read.code, detail: read.reason, output: '' };
  if (!('code' in result)) {
    await search.log.accept(maker, since, passing(result));
    return result;
  }
  const reason = sentence(result.detail);
  await search.log.refuse(
    maker,
    since,
    { code: result.code, reason },
    describeScripts(scripts, reason, result.output),
  );
  return undefined;
}
