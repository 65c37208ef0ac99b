// The conformance suite of sandboxes: every provider, ours or a user's, must show all of these behaviours.
import type { SandboxProvider } from '../core/sandbox.ts';
import type { OpenSandbox, SandboxBehaviour } from './sandbox/behaviour.ts';
import { changeBehaviours } from './sandbox/changes.ts';
import { commandBehaviours } from './sandbox/commands.ts';
import { conversationBehaviours } from './sandbox/conversations.ts';
import { fileBehaviours } from './sandbox/files.ts';
import { hostileBehaviours } from './sandbox/hostile.ts';
import { limitBehaviours } from './sandbox/limits.ts';

export {
  missingProtections,
  type OpenSandbox,
  type Protection,
  type SandboxBehaviour,
} from './sandbox/behaviour.ts';

/**
 * Everything a sandbox must do. Run each with `openWith(provider)`, except those for which
 * `missingProtections` names something this machine cannot give. The sandbox needs a POSIX shell,
 * coreutils and `python3` on its path.
 */
export const sandboxBehaviours: readonly SandboxBehaviour[] = [
  ...commandBehaviours,
  ...fileBehaviours,
  ...changeBehaviours,
  ...limitBehaviours,
  ...conversationBehaviours,
  ...hostileBehaviours,
];

/** How behaviours open sandboxes of `provider`: copy-on-write and without network unless they say otherwise. */
export function openWith(
  provider: Pick<SandboxProvider, 'open'>,
  path: string = process.env['PATH'] ?? '',
): OpenSandbox {
  return (options) =>
    provider.open({ access: 'copy-on-write', network: false, env: { PATH: path }, ...options });
}
