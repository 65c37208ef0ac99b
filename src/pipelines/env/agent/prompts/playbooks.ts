// What is worth knowing about setting up each ecosystem: facts that save an agent its first mistakes.

interface Playbook {
  ecosystem: string;
  /** Root files that call for it. */
  marks: RegExp;
  text: string;
}

const playbooks: readonly Playbook[] = [
  {
    ecosystem: 'Python',
    marks:
      /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|Pipfile|tox\.ini|environment\.ya?ml)$|\.py$/,
    text: `
- A virtual environment is active ($BASE/venv, first on the PATH, empty but for pip). Install into it with \`python -m pip install\`; never make another one, and use none that the repository brings.
- The package itself goes in editable: \`pip install -e .\`. Test dependencies hide in extras (\`.[test]\`, \`.[dev]\`), in \`[dependency-groups]\` (\`pip install --group test\`, pip ≥ 25.1), in requirements/*.txt, in tox.ini (\`deps\`), in noxfile.py, in Poetry's groups, or only in the imports of the tests. Whatever declares them, the framework has to be among what you install.
- Poetry, PDM, Hatch and uv projects install with plain pip too, since they have a build backend. Their own commands make environments of their own; \`poetry config virtualenvs.create false\` or \`uv pip install\` avoid that.
- Versions that come from git tags (setuptools-scm, hatch-vcs, versioneer, pbr) fail here, as the history is one commit without tags: set SETUPTOOLS_SCM_PRETEND_VERSION (or PBR_VERSION) on the install command.
- Old code and a new Python: pin the few packages that moved on (\`setuptools<81\` for pkg_resources, \`numpy<2\`, \`pytest<8\`, \`Cython<3\`), with \`--no-build-isolation\` where the build needs the pin as well. An old interpreter that is not here cannot be had; judge soon whether the code can live with this one.
- Compiled extensions build at installation; \`pip install -e .\` does it in place. Headers of the system that are missing cannot be installed: look for a wheel of another version.`,
  },
  {
    ecosystem: 'JavaScript and TypeScript',
    marks: /^(?:package\.json|tsconfig\.json|deno\.json)$|\.[cm]?[jt]sx?$/,
    text: `
- The lock file decides the manager: package-lock.json \`npm ci\`, pnpm-lock.yaml \`pnpm install --frozen-lockfile\`, yarn.lock \`yarn install --frozen-lockfile\` (Yarn 1) or \`--immutable\` (later ones, with YARN_NODE_LINKER=node-modules). No lock: \`npm install --no-package-lock\`. A lock that no longer resolves: \`npm install --no-package-lock --legacy-peer-deps\`.
- A manager that is not there: \`npm install --global --prefix "$BASE/venv" pnpm@9\`; $BASE/venv/bin is on the PATH.
- Lifecycle scripts often break on what nobody needs (browser downloads, husky, native builds): \`--ignore-scripts\`, then \`npm rebuild PACKAGE\` for the ones that matter.
- Add what is missing without touching package.json: \`npm install --no-save --no-package-lock NAME\`.
- Tests that import \`dist/\` or \`lib/\` need the build first: put it into the install script, and into the package's own test script if it is there already. Monorepos: install at the root, build the packages that the tests import, and test in the package whose suite is largest.
- Runners: jest, vitest, mocha, ava, tape, tap, jasmine, karma, \`node --test\`, often wrapped in nyc or c8. Look at \`scripts.test\` and what it leads to. Linters and type checks in front of it (\`npm run lint && jest\`) are no tests: call the runner.`,
  },
  {
    ecosystem: 'Java and Kotlin with Maven',
    marks: /^(?:pom\.xml|mvnw)$/,
    text: `
- Install: \`mvn -B -q -DskipTests install\` builds all modules and fills the local repository; \`mvn -B -q dependency:go-offline\` fetches plugins too. Surefire's provider is fetched only when a test runs: \`mvn -B -q -DskipTests test-compile surefire:help\` is not enough, so declare it (\`mvn dependency:get -Dartifact=org.apache.maven.surefire:surefire-junit-platform:VERSION\`).
- Test: \`mvn -B -o test\`, or one module with \`-pl MODULE -am\`. Switch off checks that are no tests: -Dcheckstyle.skip -Drat.skip -Denforcer.skip -Dspotless.check.skip.
- A compiler level that this JDK no longer has: \`-Dmaven.compiler.release=8\` (or source and target) on the command line.`,
  },
  {
    ecosystem: 'Java and Kotlin with Gradle',
    marks: /^(?:build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradlew)$/,
    text: `
- Install: \`./gradlew --no-daemon assemble testClasses -x test\` with GRADLE_USER_HOME="$BASE/venv/gradle"; the wrapper downloads its own Gradle, which has to fit the JDK.
- Test: \`./gradlew --no-daemon --offline test\`; never \`build\` or \`check\`, which add linters.`,
  },
  {
    ecosystem: 'Go',
    marks: /^go\.(?:mod|work)$|\.go$/,
    text: `
- Install: \`go mod download\` and \`go build ./...\`, then \`go vet ./... || true\` to fetch what only tests import; set GOFLAGS=-mod=mod only when go.sum is behind. GOTOOLCHAIN=local keeps Go from downloading another Go.
- Test: \`go test ./...\`; leave out packages that need a service.`,
  },
  {
    ecosystem: 'Rust',
    marks: /^Cargo\.toml$|\.rs$/,
    text: `
- Install: \`cargo fetch\` and \`cargo test --no-run\` (compiles, runs nothing), with CARGO_HOME in "$BASE/venv/cargo".
- Test: \`cargo test --offline\`; \`--workspace\`, features and \`--lib\` as the CI of the repository has them. An edition or dependency too new for this compiler: \`cargo update -p NAME --precise VERSION\`.`,
  },
  {
    ecosystem: 'Ruby',
    marks: /^Gemfile$|\.gemspec$|\.rb$/,
    text: `
- Install: \`bundle config set --local path "$BASE/venv/bundle"\` and \`bundle install\`; leave groups out with \`bundle config set --local without development\`.
- Test: \`bundle exec rspec\` or \`bundle exec rake test\`.`,
  },
  {
    ecosystem: 'PHP',
    marks: /^composer\.json$|\.php$/,
    text: `
- Install: \`composer install --no-interaction --prefer-dist\`; \`--ignore-platform-req=php\` where the declared version is only caution.
- Test: \`vendor/bin/phpunit\` (or pest), with the repository's phpunit.xml.`,
  },
  {
    ecosystem: 'C and C++',
    marks:
      /^(?:CMakeLists\.txt|meson\.build|configure(?:\.ac)?|autogen\.sh|Makefile)$|\.(?:c|cc|cpp|h|hpp)$/,
    text: `
- Install: configure and compile out of the tree, tests included: \`cmake -S . -B build -DBUILD_TESTING=ON && cmake --build build -j2\`, \`meson setup build && ninja -C build\`, or \`./configure && make -j2\`. Libraries that are not on this machine have to be vendored, fetched by the build, or switched off by an option.
- Test: \`ctest --test-dir build\`, \`meson test -C build\`, \`make check\`.`,
  },
];

/** The playbooks that a repository's files call for; all of them when none does. */
export function playbooksFor(files: readonly string[]): string {
  const root = files.filter((file) => !file.includes('/'));
  const suiting = playbooks.filter(({ marks }) => root.some((file) => marks.test(file)));
  const deeper = playbooks.filter(({ marks }) => files.some((file) => marks.test(nameOf(file))));
  const chosen = suiting.length > 0 ? suiting : deeper.length > 0 ? deeper : playbooks;
  return chosen.map(({ ecosystem, text }) => `## ${ecosystem}\n${text}`).join('\n\n');
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
