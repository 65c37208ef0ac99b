import { expect, test } from 'vitest';
import { listenForInterrupts } from './interrupt.ts';

test('the first signal asks to finish, the second ends, and listening stops', () => {
  const before = process.listenerCount('SIGINT');
  const said: string[] = [];
  {
    using interruption = listenForInterrupts((message) => said.push(message));
    process.emit('SIGINT');
    expect([interruption.stopping.aborted, interruption.signal.aborted]).toEqual([true, false]);
    process.emit('SIGINT');
    expect(interruption.signal.aborted).toBe(true);
  }
  expect(said).toHaveLength(2);
  expect(process.listenerCount('SIGINT')).toBe(before);
});
