// Runs the conformance suite from the command line, e.g. as another user: `node run.js local [PATH [SETTINGS]]`.
import { loadSandbox } from '../../sandbox/registry.ts';
import { errorMessage } from '../../core/errors.ts';
import { missingProtections, openWith, sandboxBehaviours } from '../sandbox-conformance.ts';

const [name = 'local', path, settings = '{}'] = process.argv.slice(2);
const own: unknown = JSON.parse(settings);
const provider = await loadSandbox(name, settings === '{}' ? {} : { [name]: own });
const isolation = await provider.check();
const print = (record: object): void => {
  process.stdout.write(`${JSON.stringify(record)}\n`);
};
print({ isolation });
for (const behaviour of sandboxBehaviours) {
  const missing = missingProtections(behaviour, isolation);
  if (missing.length > 0) {
    print({ name: behaviour.name, status: 'skipped', missing });
    continue;
  }
  try {
    await behaviour.run(openWith(provider, path));
    print({ name: behaviour.name, status: 'passed' });
  } catch (error) {
    print({ name: behaviour.name, status: 'failed', message: errorMessage(error) });
    process.exitCode = 1;
  }
}
