// Ends the chain of processes that leads into a command's process namespace.
import { childrenOf } from './usage.ts';

// launch/nsenter, unshare, process 1 of the namespace: the kernel ends everything below that one.
const CHAIN_LENGTH = 3;

/**
 * Kills `pid` and the chain below it. Each link is stopped before its child is looked up, so that
 * none can start another one in between.
 */
export function killChain(pid: number): void {
  const chain = [pid];
  for (let link: number | undefined = pid; link !== undefined && chain.length <= CHAIN_LENGTH;) {
    signal(link, 'SIGSTOP');
    link = childrenOf(link)[0];
    if (link !== undefined) chain.push(link);
  }
  for (const link of chain.reverse()) signal(link, 'SIGKILL');
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}
