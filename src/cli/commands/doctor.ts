// `swemint doctor`: what this machine has, what is missing, and which isolation is in force.
import { availableParallelism, freemem, totalmem } from 'node:os';
import { statfs } from 'node:fs/promises';
import pc from 'picocolors';
import { loadConfig } from '../../config/load.ts';
import type { ScaleConfig } from '../../config/schema.ts';
import { errorMessage } from '../../core/errors.ts';
import { version } from '../../lib/version.ts';
import { inspectMachine } from '../../repo/machine.ts';
import type { ToolName } from '../../repo/machine.ts';
import { loadSandbox, sandboxes } from '../../sandbox/registry.ts';
import { inspectModel, type ModelFinding } from '../inspect-model.ts';
import { type ModelFlags, readModelFlags } from '../model-flags.ts';

interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  /** What is lost without it. */
  note?: string;
}

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

export interface DoctorFlags extends ModelFlags {
  config?: string;
  set?: string[];
  json?: boolean;
}

/** With `--model`, a model that does not answer ends the command; a configured one is a finding. */
export async function doctorCommand({ json, ...flags }: DoctorFlags): Promise<void> {
  const config = await loadConfig({
    cwd: process.cwd(),
    file: flags.config,
    assignments: flags.set ?? [],
    flags: { model: readModelFlags(flags) },
  });
  const model = await inspectModel(config.model, flags.model !== undefined);
  const programs = await inspectPrograms();
  const isolation = await inspectIsolation(config.sandboxSettings);
  const disk = await statfs('.');
  const machine = {
    swemint: version,
    node: process.versions.node,
    cores: availableParallelism(),
    memory: gigabytes(totalmem()),
    freeMemory: gigabytes(freemem()),
    freeDisk: gigabytes(disk.bavail * disk.bsize),
  };
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ machine, programs, sandboxes: isolation, model })}\n`);
    return;
  }
  const out = (text = ''): void => void process.stdout.write(`${text}\n`);
  out(
    `swemint ${machine.swemint} on Node ${machine.node}, ${machine.cores} cores, ${machine.memory} of memory (${machine.freeMemory} free), ${machine.freeDisk} of disk free`,
  );
  out();
  for (const finding of programs) out(describe(finding));
  for (const { name, ok, detail, warnings } of isolation) {
    out();
    out(`${mark(ok)} sandbox ${pc.bold(name)}: ${detail}`);
    for (const warning of warnings) out(`  ${pc.yellow('!')} ${warning}`);
  }
  out();
  out(describeModel(model));
}

function describeModel({ name, ok, detail, hint }: ModelFinding): string {
  const advice = hint === undefined ? '' : `\n  ${pc.dim(hint)}`;
  return `${mark(ok)} model ${name === null ? '' : pc.bold(name)}: ${detail}${advice}`.replace(
    ' :',
    ':',
  );
}

const mark = (ok: boolean): string => (ok ? pc.green('✓') : pc.yellow('–'));

function describe({ name, ok, detail, note }: Finding): string {
  return `${mark(ok)} ${name.padEnd(8)} ${detail}${note === undefined || ok ? '' : pc.dim(`  ${note}`)}`;
}

const needs: Record<ToolName, string> = {
  node: 'needed for JavaScript and TypeScript repositories',
  git: 'needed for every source',
  python3: 'needed for Python repositories',
  uv: 'optional: installs Python environments faster',
  npm: 'needed for npm: sources and to install JavaScript repositories',
  pnpm: 'needed for repositories with a pnpm lockfile',
  yarn: 'needed for repositories with a yarn lockfile',
};

async function inspectPrograms(): Promise<Finding[]> {
  const machine = inspectMachine();
  return Promise.all(
    Object.entries(needs).map(async ([name, note]) => {
      const found = await machine.find(name as ToolName);
      const detail = found ? `${found.version}  ${found.path}` : 'not found';
      return { name, ok: found !== undefined, detail, note };
    }),
  );
}

async function inspectIsolation(settings: ScaleConfig['sandboxSettings']) {
  return Promise.all(
    sandboxes.names.map(async (name) => {
      try {
        const provider = await loadSandbox(name, settings);
        const isolation = await provider.check();
        return {
          name,
          ok: isolation.warnings.length === 0,
          detail: isolation.summary,
          warnings: isolation.warnings,
        };
      } catch (error) {
        return { name, ok: false, detail: errorMessage(error), warnings: [] };
      }
    }),
  );
}
