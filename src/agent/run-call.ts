// Runs one call of a tool. Whatever is wrong with the call becomes an answer to the model.
import { z } from 'zod';
import type { Tool, ToolResult, Workbench } from '../core/agent.ts';
import { SwemintError } from '../core/errors.ts';
import type { Action } from '../core/schema/trajectory.ts';
import { clipText } from './clip.ts';
import type { WrittenCall } from './formats/format.ts';

export interface CallScene {
  tools: readonly Tool[];
  bench: Workbench;
  signal: AbortSignal;
  /** Milliseconds for tools without a limit of their own. */
  timeoutMs: number;
  /** Characters of an observation that the model is shown. */
  observationLimit: number;
  /** Removes keys from what tools say, before it is shown or kept. */
  redact?: <T>(value: T) => T;
}

export interface CallOutcome {
  action: Action;
  ends: ToolResult['ends'];
}

/** What a sandbox says about a path or a file is an answer; anything else it throws is its own failure. */
const ANSWERS: ReadonlySet<string> = new Set(['no-such-file', 'outside-sandbox', 'not-writable']);

/**
 * Looks the tool up, checks the arguments, runs it within its time. Throws only when the sandbox
 * fails or the rollout is aborted: neither is the model's to know.
 */
export async function runCall(call: WrittenCall, scene: CallScene): Promise<CallOutcome> {
  const startedAt = new Date().toISOString();
  const begun = performance.now();
  const { status, input, ...answer } = await answerCall(call, scene);
  const result = scene.redact?.(answer.result) ?? answer.result;
  const observation = clipText(result.content || '(no output)', scene.observationLimit);
  return {
    ends: result.ends,
    action: {
      callId: call.callId,
      tool: call.tool,
      arguments: call.arguments,
      input: input ?? null,
      observation,
      ...(observation === result.content || result.content === '' ? {} : { full: result.content }),
      status,
      ...(result.ends === undefined ? {} : { ends: result.ends }),
      ...(result.data === undefined ? {} : { data: result.data }),
      startedAt,
      wallMs: performance.now() - begun,
    },
  };
}

interface Answer {
  result: ToolResult;
  status: Action['status'];
  input?: unknown;
}

async function answerCall(call: WrittenCall, scene: CallScene): Promise<Answer> {
  const tool = scene.tools.find(({ name }) => name === call.tool);
  if (!tool) {
    const names = scene.tools.map(({ name }) => name).join(', ');
    const content = `There is no tool named "${call.tool}". The tools are: ${names}.`;
    return { status: 'unknown-tool', result: { content, failed: true } };
  }
  if ('problem' in call.parsed) return badArguments(call.parsed.problem);
  const checked = tool.parameters.safeParse(call.parsed.input);
  if (!checked.success) {
    return badArguments(
      `The arguments of ${tool.name} are wrong:\n${z.prettifyError(checked.error)}`,
    );
  }
  const input: Record<string, unknown> = checked.data;
  return { ...(await runWithin(tool, input, scene)), input };
}

function badArguments(content: string): Answer {
  return {
    status: 'bad-arguments',
    result: { content: `${content}\nNothing was run.`, failed: true },
  };
}

async function runWithin(
  tool: Tool,
  input: Record<string, unknown>,
  scene: CallScene,
): Promise<Answer> {
  scene.signal.throwIfAborted();
  const limitMs = tool.timeoutMs ?? scene.timeoutMs;
  const clock = new AbortController();
  const signal = AbortSignal.any([scene.signal, clock.signal]);
  const ended = Promise.withResolvers<never>();
  const onAbort = (): void => ended.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => clock.abort(), limitMs);
  try {
    // A tool that does not listen to its signal is left behind, not waited for.
    const running = tool.run(input, { bench: scene.bench, signal });
    const result = await Promise.race([running, ended.promise]);
    return { status: result.failed ? 'failed' : 'done', result };
  } catch (error) {
    scene.signal.throwIfAborted();
    if (clock.signal.aborted) {
      const content = `${tool.name} did not end within ${limitMs / 1000} s and was cut.`;
      return { status: 'timed-out', result: { content, failed: true } };
    }
    if (error instanceof SwemintError && ANSWERS.has(error.code)) {
      return { status: 'failed', result: { content: error.message, failed: true } };
    }
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
