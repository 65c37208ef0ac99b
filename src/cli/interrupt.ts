// Ctrl-C: once finishes what is running and saves, twice ends at once.

export interface Interruption extends Disposable {
  /** After the first signal. */
  stopping: AbortSignal;
  /** After the second one. */
  signal: AbortSignal;
}

/** Listens for SIGINT and SIGTERM until disposed; SIGTERM counts like Ctrl-C. */
export function listenForInterrupts(say: (message: string) => void): Interruption {
  const stopping = new AbortController();
  const abort = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) {
      say('Stopping now. The same command continues from the last saved verdict.');
      abort.abort();
    } else {
      say('Finishing what is running, then saving. Press Ctrl-C again to stop at once.');
      stopping.abort();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    stopping: stopping.signal,
    signal: abort.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
