// The sandbox of this machine: Linux namespaces, an overlay and control groups, without a daemon or a container engine.
import type { SandboxProvider } from '../../core/sandbox.ts';
import { probeMachine } from './probe.ts';
import { openSandbox } from './open.ts';

const local: SandboxProvider = {
  name: 'local',
  summary: 'This machine: namespaces, a private copy-on-write view, control groups.',
  check: async () => (await probeMachine()).isolation,
  capacity: async () =>
    (await probeMachine()).level === 'in-place' ? 1 : Number.POSITIVE_INFINITY,
  open: async (options) => openSandbox(await probeMachine(), options),
};

export default local;
