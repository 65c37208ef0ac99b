// The command line: declares the commands, loads the one that was asked for, and reports errors.
import { Command, CommanderError, Option } from 'commander';
import { version } from '../lib/version.ts';
import { reportFailure } from './failure.ts';
import { collect, collectList, number } from './flag-values.ts';
import { addModelOptions } from './model-flags.ts';

const program = new Command('swemint')
  .description(
    'Mints executable software-engineering tasks: repositories in, verified training data out.',
  )
  .version(version, '-V, --version')
  .helpCommand(false)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride()
  .configureOutput({ writeErr: () => {} });

const json = (): Option => new Option('--json', 'print one JSON document on standard output');

/** Flags of every command that mints; the names are those of the settings. */
function addMintingOptions(command: Command): Command {
  return command
    .option('--out <dir>', 'folder of the run; the same folder continues it')
    .option('--seed <n>', 'decides every random choice (24)', number)
    .option('--workers <n>', 'candidates validated at once (one per core)', number)
    .option('--max-candidates <n>', 'at most this many per repository, drawn evenly', number)
    .option('--per-entity <n>', 'mutants per function and mutator (1)', number)
    .option('--mutator <names>', 'only these mutators: a,b', collectList)
    .option('--include <globs>', 'only these source files', collectList)
    .option('--exclude <globs>', 'not these source files', collectList)
    .option('--baseline-runs <n>', 'runs of the unchanged suite (3)', number)
    .addOption(
      new Option('--statement <method>', 'how to describe a bug (template)').choices([
        'template',
        'tests',
        'none',
      ]),
    )
    .addOption(
      new Option('--mode <mode>', 'how candidates are judged (fast)').choices(['fast', 'full']),
    )
    .addOption(
      new Option('--confirm <scope>', 'how kept ones are confirmed (covering)').choices([
        'covering',
        'fresh',
        'full',
      ]),
    )
    .option('--timeout <seconds>', 'limit of one run of the suite (follows the baseline)', number)
    .option('--config <file>', 'settings file (swemint.config.{ts,mjs,json,toml})')
    .option('--set <a.b=c>', 'any other setting; see docs/configuration.md', collect)
    .addOption(json());
}

addMintingOptions(program.command('scale'))
  .description('mint bug-fix tasks from repositories by mutation')
  .argument('[sources...]', 'folder, git URL or path with @commit, npm:NAME[@V], pypi:NAME[==V]')
  .option(
    '--input <repos.jsonl>',
    'read sources from a file (repo, repo_name, base_commit, language, …)',
  )
  .option('--environment <file>', 'use environments that `swemint env` has proved')
  .action(async (sources: string[], options) =>
    (await import('./commands/scale.ts')).scaleCommand(sources, options),
  );

addMintingOptions(program.command('demo'))
  .description('mint tasks from the bundled example repositories')
  .action(async (options) => (await import('./commands/demo.ts')).demoCommand(options));

addModelOptions(program.command('env'))
  .description('turn repositories into proved, reproducible environments')
  .argument('[sources...]', 'folder, git URL or path with @commit, npm:NAME[@V], pypi:NAME[==V]')
  .option(
    '--input <repos.jsonl>',
    'read sources from a file (repo, base_commit, install_script, …)',
  )
  .option('--out <dir>', 'folder of the run; the same folder continues it')
  .option('--agent', 'ask the agent at once, without trying static recipes')
  .option('--replays <k>', 'fresh builds that must agree (3)', number)
  .option('--max-steps <n>', 'steps of the agent (100)', number)
  .option(
    '--stage2-max-steps <n>',
    'steps of its second stage, JavaScript and TypeScript (60)',
    number,
  )
  .option('--skip-existing', 'do again what has failed in this run; only successes are skipped')
  .option('--memory <file>', 'what has solved repositories, tried first for their neighbours')
  .option('--no-memory', 'neither use nor keep such a memory')
  .option('--workers <n>', 'repositories at once (1)', number)
  .option('--config <file>', 'settings file (swemint.config.{ts,mjs,json,toml})')
  .option('--set <a.b=c>', 'any other setting; see docs/configuration.md', collect)
  .addOption(json())
  .action(async (sources: string[], options) =>
    (await import('./commands/env.ts')).envCommand(sources, options),
  );

program
  .command('export')
  .description('write a run’s tasks in another format')
  .argument('<run>', 'folder of the run')
  .requiredOption('--format <name>', 'swe-smith, swe-bench or jsonl')
  .requiredOption('--out <file>', 'file to write')
  .addOption(json())
  .action(async (run: string, options) =>
    (await import('./commands/export.ts')).exportCommand(run, options),
  );

program
  .command('stats')
  .description('show a run’s yield per mutator and why candidates were rejected')
  .argument('<run>', 'folder of the run')
  .addOption(json())
  .action(async (run: string, options) =>
    (await import('./commands/stats.ts')).statsCommand(run, options),
  );

program
  .command('show')
  .description('list a run’s tasks, or show one')
  .argument('<run>', 'folder of the run, or a tasks.jsonl')
  .argument('[task]', 'id of a task, its end, or its number in the list')
  .addOption(json())
  .action(async (run: string, task: string | undefined, options) =>
    (await import('./commands/show.ts')).showCommand(run, task, options),
  );

program
  .command('verify')
  .description('run tasks again and check that every label still holds')
  .argument('<run>', 'folder of the run, or a tasks.jsonl')
  .option('--repo <dir>', 'use this checkout instead of fetching the source again')
  .option('--sample <n>', 'check this many tasks, drawn evenly', number)
  .option('--repeat <k>', 'check each one this many times (1)', number)
  .option('--workers <n>', 'tasks checked at once (one per core)', number)
  .addOption(json())
  .action(async (run: string, options) =>
    (await import('./commands/verify.ts')).verifyCommand(run, options),
  );

program
  .command('image')
  .description('make container images of environments, or the Dockerfiles alone')
  .argument('<environments...>', 'runs of `env` or `scale`, or environments.jsonl files')
  .option('--out <dir>', 'folder of the Dockerfiles and records (swemint-images)')
  .option('--base-image <name>', 'image to start from (the interpreter that was proved)')
  .option('--tag <name>', 'name of the image (swemint/{repository}:{digest})')
  .option('--push', 'push each image to its registry')
  .option('--no-build', 'write the Dockerfiles and their contexts only')
  .option('--workers <n>', 'images built at once (one per core, at most 4)', number)
  .option('--build-timeout <seconds>', 'limit of one build (3600)', number)
  .option('--config <file>', 'settings file (swemint.config.{ts,mjs,json,toml})')
  .option('--set <a.b=c>', 'any other setting; see docs/configuration.md', collect)
  .addOption(json())
  .action(async (environments: string[], options) =>
    (await import('./commands/image.ts')).imageCommand(environments, options),
  );

addModelOptions(program.command('doctor'))
  .description(
    'say what this machine has, which isolation is in force, and whether a model answers',
  )
  .option('--config <file>', 'settings file (swemint.config.{ts,mjs,json,toml})')
  .option('--set <a.b=c>', 'any other setting; see docs/configuration.md', collect)
  .addOption(json())
  .action(async (options) => (await import('./commands/doctor.ts')).doctorCommand(options));

for (const kind of ['mutators', 'languages', 'frameworks'] as const) {
  program
    .command(kind)
    .description(`list the ${kind}`)
    .addOption(json())
    .action(async (options) =>
      (await import('./commands/catalogue.ts')).catalogueCommand(kind, options),
    );
}

for (const command of program.commands) {
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError('(add --help for the options)');
}

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  // Help and version end commander by exception, with exit code 0.
  if (!(error instanceof CommanderError && error.exitCode === 0)) {
    process.exitCode = reportFailure(error, process.argv.includes('--json'));
  }
}
