// What programs do, as far as the rules for scripts care: install, reach for the network, run tests.
import type { ProgramCall } from './calls.ts';

type Judge = (args: readonly string[]) => boolean;

const always: Judge = () => true;
const first =
  (pattern: RegExp): Judge =>
  (args) =>
    pattern.test(args.find((word) => !word.startsWith('-')) ?? '');
const has =
  (pattern: RegExp): Judge =>
  (args) =>
    args.some((word) => pattern.test(word));
const lacks =
  (pattern: RegExp): Judge =>
  (args) =>
    !args.some((word) => pattern.test(word));
const both =
  (...judges: readonly Judge[]): Judge =>
  (args) =>
    judges.every((judge) => judge(args));
const either =
  (...judges: readonly Judge[]): Judge =>
  (args) =>
    judges.some((judge) => judge(args));

const nodeInstall =
  /^(?:i|in|ins|install|ci|clean-install|add|update|up|upgrade|rebuild|link|dlx|create|init|it|cit|install-test|install-ci-test)$/;

const installers: Readonly<Record<string, Judge>> = {
  apk: always,
  apt: always,
  'apt-get': always,
  aptitude: always,
  brew: always,
  bun: first(/^(?:i|install|add|update|x)$/),
  bundle: first(/^(?:install|update|add)$/),
  cargo: first(/^(?:install|fetch|add|update|vendor)$/),
  composer: first(/^(?:i|install|update|require)$/),
  conda: first(/^(?:install|create|update|env)$/),
  corepack: always,
  dnf: always,
  easy_install: always,
  gem: first(/^(?:i|install|update)$/),
  go: either(first(/^(?:get|install)$/), both(first(/^mod$/), has(/^(?:download|tidy|vendor)$/))),
  hatch: both(first(/^env$/), has(/^(?:create|run)$/)),
  make: has(/^(?:install|deps|setup|bootstrap)(?:[-_]\w+)?$/),
  mamba: first(/^(?:install|create|update|env)$/),
  micromamba: first(/^(?:install|create|update|env)$/),
  mvn: has(/^(?:install|deploy|dependency:\S+)$/),
  mvnw: has(/^(?:install|deploy|dependency:\S+)$/),
  nox: always,
  npm: first(nodeInstall),
  npx: has(/^(?:-y|--yes|-p|--package(?:=.*)?)$/),
  nvm: first(/^install$/),
  pacman: always,
  pdm: first(/^(?:install|sync|add|update)$/),
  pip: first(/^(?:install|download|wheel|uninstall|sync)$/),
  'pip-sync': always,
  pipenv: first(/^(?:install|sync|update)$/),
  pipx: first(/^(?:install|inject|run|upgrade)$/),
  pnpm: first(nodeInstall),
  poetry: first(/^(?:install|add|update|lock|self|sync)$/),
  pyenv: first(/^install$/),
  'setup.py': has(/^(?:install|develop|easy_install|test)$/),
  tox: always,
  uv: either(
    first(/^(?:pip|sync|add|venv|lock|tool|python)$/),
    both(first(/^run$/), lacks(/^(?:--no-sync|--offline)$/)),
  ),
  venv: always,
  virtualenv: always,
  yarn: (args) => args.every((word) => word.startsWith('-')) || first(nodeInstall)(args),
  yum: always,
  zypper: always,
};

const reachers: Readonly<Record<string, Judge>> = {
  curl: always,
  docker: always,
  'docker-compose': always,
  git: both(first(/^(?:clone|fetch|pull|submodule|lfs|push|ls-remote)$/)),
  nc: always,
  ncat: always,
  podman: always,
  rsync: always,
  scp: always,
  ssh: always,
  telnet: always,
  wget: always,
};

/** Asking a test program about itself runs no test. */
const looksOnly =
  /^(?:--version|--help|-h|-V|--collect-only|--co|--fixtures|--markers|--listTests|--list-tests|--showConfig|--show-config|--init)$/;
const looking = lacks(looksOnly);
const skippingTests = /^-D(?:skipTests|maven\.test\.skip)(?:=true)?$|^-DskipITs$/;
const testTarget =
  /^(?:test|tests|check|spec|specs|unittest|unittests|unit)(?:[-_:]\S+)?$|[-_:]tests?$/;
const maven: Judge = either(
  has(/^(?:surefire|failsafe):/),
  both(has(/^(?:test|verify|integration-test|package|install|deploy)$/), lacks(skippingTests)),
);
const gradle: Judge = (args) =>
  args.some(
    (word, at) =>
      /^(?:.*:)?(?:test|check|build|\w+Test)$/.test(word) &&
      !/^(?:-x|--exclude-task)$/.test(args[at - 1] ?? ''),
  ) &&
  !args.some(
    (word, at) => /^(?:.*:)?test$/.test(word) && /^(?:-x|--exclude-task)$/.test(args[at - 1] ?? ''),
  );
const nodeTest: Judge = (args) => {
  const words = args.filter((word) => !word.startsWith('-'));
  const script = /^(?:run|run-script)$/.test(words[0] ?? '') ? words[1] : words[0];
  return (
    /^(?:t|tst|it|cit|install-test|install-ci-test)$/.test(words[0] ?? '') ||
    /^(?:test|tests|unit|spec|coverage)(?:[-_:.]\S+)?$|[-_:]tests?$/.test(script ?? '') ||
    jsRunner.test(script ?? '')
  );
};
const jsRunner =
  /^(?:jest|vitest|mocha|_mocha|ava|tap|tape|jasmine|karma|borp|uvu|lab|cypress|wtr)$/;
const compilesOnly: Judge = (args) =>
  args.includes('-c') ||
  args.includes('--no-run') ||
  args.some(
    (word, at) =>
      /^-run(?:=(?:\^\$|NONE|\^NONE\$?))$/.test(word) ||
      (word === '-run' && /^(?:\^\$|NONE|\^NONE\$?)$/.test(args[at + 1] ?? '')),
  );

const testers: Readonly<Record<string, Judge>> = {
  ava: looking,
  bazel: first(/^(?:test|coverage)$/),
  behave: looking,
  borp: looking,
  bun: nodeTest,
  cargo: (args) => first(/^(?:test|t|nextest|tarpaulin)$/)(args) && !compilesOnly(args),
  composer: both(has(testTarget), first(/^(?:test|tests|run|run-script|check)/)),
  ctest: looking,
  cucumber: looking,
  cypress: first(/^run$/),
  deno: first(/^test$/),
  dotnet: first(/^(?:test|vstest)$/),
  go: (args) => first(/^test$/)(args) && !compilesOnly(args),
  gotestsum: looking,
  gradle,
  gradlew: gradle,
  jasmine: looking,
  jest: looking,
  just: has(testTarget),
  karma: first(/^start$/),
  lab: looking,
  make: has(testTarget),
  meson: first(/^test$/),
  mix: first(/^test$/),
  mocha: looking,
  mvn: maven,
  mvnw: maven,
  ninja: has(testTarget),
  node: has(/^--test$/),
  nose2: looking,
  nosetests: looking,
  nox: looking,
  npm: nodeTest,
  pest: looking,
  phpunit: looking,
  playwright: first(/^test$/),
  pnpm: nodeTest,
  prove: looking,
  'py.test': looking,
  pytest: looking,
  rake: either(has(/^(?:test|spec)(?::\S+)?$/), (args) => args.length === 0),
  rspec: looking,
  sbt: has(/^(?:test|\w+\/test|testOnly\b.*)$/),
  'setup.py': has(/^(?:test|pytest|nosetests)$/),
  stestr: first(/^run$/),
  swift: first(/^test$/),
  tap: looking,
  tape: looking,
  tox: looking,
  trial: looking,
  unittest: looking,
  uvu: looking,
  vitest: looking,
  ward: looking,
  yarn: nodeTest,
  zig: both(first(/^(?:build|test)$/), has(/^test$/)),
};

/** Whether the call brings packages in or makes an environment. */
export function installs(call: ProgramCall): boolean {
  return judge(installers, call);
}

/** Whether the call cannot work without network. */
export function needsNetwork(call: ProgramCall): boolean {
  return judge(reachers, call);
}

/** Whether the call runs tests. */
export function runsTests(call: ProgramCall): boolean {
  return judge(testers, call);
}

function judge(table: Readonly<Record<string, Judge>>, call: ProgramCall): boolean {
  const { program, args } = settled(call);
  return Object.hasOwn(table, program) && (table[program]?.(args) ?? false);
}

/** `pip3.11` is `pip`; `python setup.py install` is `setup.py install`. */
function settled({ program, args }: ProgramCall): ProgramCall {
  if (/^pip[\d.]+$/.test(program)) return { program: 'pip', args };
  const [script = '', ...rest] = args;
  if (/^python[\d.]*$/.test(program) && /(?:^|\/)setup\.py$/.test(script)) {
    return { program: 'setup.py', args: rest };
  }
  return { program, args };
}
