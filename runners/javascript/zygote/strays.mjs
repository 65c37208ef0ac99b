// Ends whatever a run has left running: it would disturb the next one.
import { readFileSync, readdirSync } from 'node:fs';

export function endStrays(system) {
  for (;;) {
    const orphans = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name));
    for (const name of orphans) {
      try {
        process.kill(Number(name), 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    if (orphans.length === 0) return;
    for (const name of orphans) system.wait(Number(name), 1000);
    system.reap();
  }
}

/** Orphans are adopted, so a direct child is all there can be. */
function isOurs(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === process.pid;
  } catch {
    return false;
  }
}
