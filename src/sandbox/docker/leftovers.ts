// Finds and removes what swemint processes that no longer live have left in an engine.
import type Docker from 'dockerode';
import { isOrphan } from '../remote/owner.ts';
import { statusOf } from './engine.ts';

const filters = { label: ['swemint.process'] };

/** Containers first: volumes in use cannot go. What another process removes meanwhile is no error. */
export async function removeLeftovers(engine: Docker): Promise<number> {
  const containers = await engine.listContainers({ all: true, filters });
  const orphans = containers.filter(({ Labels }) => isOrphan(Labels));
  await Promise.all(
    orphans.map(({ Id }) => ignoreGone(engine.getContainer(Id).remove({ force: true, v: true }))),
  );
  const volumes = (await engine.listVolumes({ filters })).Volumes ?? [];
  const stale = volumes.filter(({ Labels }) => isOrphan(Labels));
  // Views lie on other volumes, which are in use as long as the view is there.
  const ordered = [
    ...stale.filter(({ Name }) => Name.includes('-view-')),
    ...stale.filter(({ Name }) => !Name.includes('-view-')),
  ];
  for (const { Name } of ordered) await ignoreGone(engine.getVolume(Name).remove({ force: true }));
  return orphans.length + stale.length;
}

/** Waits for a removal; one that has happened or is under way already is as good. */
export async function ignoreGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  }
}
