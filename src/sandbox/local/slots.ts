// What one command at a time uses and the next one takes over: pipes and control groups.
import { type Cgroup, makeCgroup, type CgroupTree } from './cgroup.ts';
import type { EffectiveLimits } from '../command/limits.ts';

export interface Slot {
  /** Host folder with the named pipes. */
  readonly pipes: string;
  readonly cgroup: Cgroup | null;
}

export interface Slots {
  /** An idle slot, or a new one, bounded by `limits`. */
  take(limits: EffectiveLimits): Promise<Slot>;
  giveBack(slot: Slot): void;
  /** True while a command runs. */
  readonly busy: boolean;
  /** Removes every control group; nothing may run any more. */
  close(): Promise<void>;
}

/** `makePipes` is called only when all others are in use: reuse spares the kernel and us the making. */
export function openSlots(
  tree: CgroupTree | null,
  makePipes: (serial: number) => Promise<string>,
): Slots {
  const idle: Slot[] = [];
  const groups = new Set<Cgroup>();
  let made = 0;

  const newGroup = (): Cgroup | null => {
    if (tree === null) return null;
    const group = makeCgroup(tree);
    groups.add(group);
    return group;
  };

  return {
    take: async (limits) => {
      let slot = idle.pop();
      if (!slot) {
        made += 1;
        slot = { pipes: await makePipes(made), cgroup: newGroup() };
      }
      if (slot.cgroup === null || slot.cgroup.limit(limits)) return slot;
      const fresh = newGroup();
      fresh?.limit(limits);
      groups.delete(slot.cgroup);
      await slot.cgroup.remove();
      return { pipes: slot.pipes, cgroup: fresh };
    },
    giveBack: (slot) => {
      idle.push(slot);
    },
    get busy() {
      return idle.length < made;
    },
    close: async () => {
      await Promise.all([...groups].map((group) => group.remove()));
    },
  };
}
