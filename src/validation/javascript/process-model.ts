// How a framework spreads test files over processes: it decides what one file can do to another.
import type { FrameworkSetting } from '../../core/schema/index.ts';

/** One process for each test file, told apart without running them one by one. */
export function startsProcessPerFile({ framework, args }: FrameworkSetting): boolean {
  return framework === 'tap' || (framework === 'node-test' && !sharesNodeProcess(args));
}

/** All test files in one process with one set of loaded modules. */
export function sharesProcess({ framework, args }: FrameworkSetting): boolean {
  if (framework === 'mocha') return true;
  if (framework === 'node-test') return sharesNodeProcess(args);
  return framework === 'vitest' && args.some((argument) => /isolate(?:=false)?$/.test(argument));
}

function sharesNodeProcess(args: readonly string[]): boolean {
  return args.some((argument, index) =>
    /^--(?:experimental-)?test-isolation(?:=none)?$/.test(argument)
      ? argument.endsWith('=none') || args[index + 1] === 'none'
      : false,
  );
}
