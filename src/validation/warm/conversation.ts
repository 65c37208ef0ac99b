// Speaks JSON lines with a warm runner inside a sandbox: one request at a time, answers as they come.
import type { SandboxProcess } from '../../core/sandbox.ts';
import { warmAnswer } from '../../core/schema/warm.ts';
import type { WarmAnswer, WarmRequest } from '../../core/schema/warm.ts';
import { ScreenCrash } from '../screen.ts';

export interface Conversation extends AsyncDisposable {
  /**
   * Sends a request and reads answers until `isLast`; those before it go to `onAnswer`.
   * Throws `ScreenCrash` when the runner ends, talks nonsense or stays silent for `silenceMs`.
   */
  ask<Last extends WarmAnswer>(
    request: WarmRequest,
    isLast: (answer: WarmAnswer) => answer is Last,
    onAnswer: (answer: WarmAnswer) => void,
    silenceMs: number,
  ): Promise<Last>;
}

export function openConversation(process: SandboxProcess): Conversation {
  const lines = process.lines[Symbol.asyncIterator]();

  const nextLine = async (silenceMs: number): Promise<string> => {
    const silence = Promise.withResolvers<'silent'>();
    const timer = setTimeout(() => silence.resolve('silent'), silenceMs);
    try {
      const next = await Promise.race([lines.next(), silence.promise]);
      if (next === 'silent') {
        await process.kill();
        throw new ScreenCrash(`The warm runner said nothing for ${silenceMs} ms.`, 'timed-out');
      }
      if (next.done === true) {
        const { outcome, exitCode, signal, stderr } = await process.exited;
        const last = stderr.trim().split('\n').at(-1) ?? '';
        throw new ScreenCrash(
          `The warm runner ended (${outcome}, ${signal ?? exitCode ?? 'no code'}): ${last}`,
          outcome === 'out-of-memory' ? 'out-of-memory' : 'interrupted',
        );
      }
      return next.value;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async ask(request, isLast, onAnswer, silenceMs) {
      await process.write(`${JSON.stringify(request)}\n`);
      for (;;) {
        const answer = parseAnswer(await nextLine(silenceMs));
        if (isLast(answer)) return answer;
        if (answer.type === 'error')
          throw new ScreenCrash(`The warm runner failed: ${answer.message}`, 'interrupted');
        onAnswer(answer);
      }
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** What a runner prints is data from inside a sandbox: anything unexpected ends the conversation. */
function parseAnswer(line: string): WarmAnswer {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new ScreenCrash(
      `The warm runner printed no JSON: ${line.slice(0, 200)} (${String(error)})`,
      'interrupted',
    );
  }
  const result = warmAnswer.safeParse(value);
  if (result.success) return result.data;
  throw new ScreenCrash(
    `The warm runner broke its protocol: ${result.error.issues[0]?.message ?? ''}: ${line.slice(0, 200)}`,
    'interrupted',
  );
}
