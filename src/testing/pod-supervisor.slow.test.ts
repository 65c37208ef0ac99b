// The supervisor of pods shows every behaviour of a sandbox without a cluster; with one, see kubernetes.slow.test.ts.
import { describe, test } from 'vitest';
import { openSupervised } from '../sandbox/kubernetes/supervised.ts';
import { parseSettings } from '../sandbox/kubernetes/settings.ts';
import { explainNoLocalPod, openLocalPod } from './pod-on-this-machine.ts';
import { openWith, sandboxBehaviours } from './sandbox-conformance.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const settings = parseSettings({ privileged: true });

const missing = await explainNoLocalPod();
if (missing !== undefined) process.stderr.write(`Skipped: no pod on this machine: ${missing}\n`);

const open = openWith(
  {
    open: async (options) => {
      const pod = await openLocalPod();
      const sandbox = await openSupervised(pod.reach, settings, options);
      return {
        ...sandbox,
        [Symbol.asyncDispose]: async () => {
          await sandbox[Symbol.asyncDispose]();
          await pod[Symbol.asyncDispose]();
        },
      };
    },
  },
  PATH,
);

describe.skipIf(missing !== undefined)('the supervisor of a pod', () => {
  test.each(sandboxBehaviours.map((behaviour) => [behaviour.name, behaviour] as const))(
    '%s',
    (_name, behaviour) => behaviour.run(open),
  );
});
