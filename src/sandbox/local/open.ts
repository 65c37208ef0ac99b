// Opens the best sandbox that the machine allows.
import type { Sandbox, SandboxOptions } from '../../core/sandbox.ts';
import { openInPlaceSandbox } from './in-place.ts';
import { openNamespaceSandbox } from './namespace.ts';
import type { Machine } from './probe.ts';

/** The level is the machine's; the options are the caller's. */
export function openSandbox(machine: Machine, options: SandboxOptions): Promise<Sandbox> {
  return machine.level === 'in-place'
    ? openInPlaceSandbox(machine, options)
    : openNamespaceSandbox(machine, options);
}
