// Finds what Python tests use without any declaration: libraries they import, plug-ins their settings and fixtures name.
import type { RepositoryFacts } from '../../core/framework.ts';
import { ownModules, topLevelImports } from './imports.ts';
import { isPackage } from './pip.ts';
import { requirementLines, runtimeRequirements } from './requirements.ts';
import type { TestRequirements } from './test-requirements.ts';

/**
 * Distributions by the module they bring. Only these are installed for an import: a name that
 * nobody declared may belong to somebody else on the index.
 */
const distributions: Readonly<Record<string, string>> = {
  aiohttp: 'aiohttp',
  anyio: 'anyio',
  attr: 'attrs',
  attrs: 'attrs',
  babel: 'babel',
  bs4: 'beautifulsoup4',
  cbor2: 'cbor2',
  certifi: 'certifi',
  cffi: 'cffi',
  chardet: 'chardet',
  charset_normalizer: 'charset-normalizer',
  click: 'click',
  cloudpickle: 'cloudpickle',
  colorama: 'colorama',
  cryptography: 'cryptography',
  dateutil: 'python-dateutil',
  dill: 'dill',
  django: 'django',
  docutils: 'docutils',
  dotenv: 'python-dotenv',
  ephem: 'ephem',
  faker: 'faker',
  fastapi: 'fastapi',
  flask: 'flask',
  freezegun: 'freezegun',
  gevent: 'gevent',
  google: 'protobuf',
  greenlet: 'greenlet',
  h2: 'h2',
  html5lib: 'html5lib',
  httpbin: 'httpbin',
  httpx: 'httpx',
  hypothesis: 'hypothesis',
  idna: 'idna',
  jinja2: 'jinja2',
  jsonschema: 'jsonschema',
  jwt: 'PyJWT',
  lxml: 'lxml',
  markdown: 'markdown',
  markupsafe: 'markupsafe',
  marshmallow: 'marshmallow',
  mock: 'mock',
  more_itertools: 'more-itertools',
  msgpack: 'msgpack',
  networkx: 'networkx',
  numpy: 'numpy',
  orjson: 'orjson',
  packaging: 'packaging',
  pandas: 'pandas',
  parameterized: 'parameterized',
  pexpect: 'pexpect',
  PIL: 'pillow',
  pkg_resources: 'setuptools<81',
  pretend: 'pretend',
  proxy: 'proxy.py',
  psutil: 'psutil',
  pydantic: 'pydantic',
  pygments: 'pygments',
  pyparsing: 'pyparsing',
  pytz: 'pytz',
  requests: 'requests',
  requests_mock: 'requests-mock',
  responses: 'responses',
  rich: 'rich',
  setuptools: 'setuptools',
  simplejson: 'simplejson',
  six: 'six',
  sortedcontainers: 'sortedcontainers',
  sqlalchemy: 'sqlalchemy',
  starlette: 'starlette',
  tabulate: 'tabulate',
  termcolor: 'termcolor',
  testfixtures: 'testfixtures',
  time_machine: 'time-machine',
  toml: 'toml',
  tomli: 'tomli',
  tomlkit: 'tomlkit',
  tornado: 'tornado',
  tox: 'tox',
  tqdm: 'tqdm',
  trio: 'trio',
  trustme: 'trustme',
  twisted: 'twisted',
  typeguard: 'typeguard',
  typing_extensions: 'typing-extensions',
  tzdata: 'tzdata',
  ujson: 'ujson',
  urllib3: 'urllib3',
  webtest: 'webtest',
  werkzeug: 'werkzeug',
  wheel: 'wheel',
  yaml: 'pyyaml',
  zope: 'zope.interface',
};

interface PlugIn {
  distribution: string;
  /** In pytest's settings. */
  setting?: RegExp;
  /** In the text of a test file: a mark. */
  mark?: RegExp;
  /** The name of a fixture it brings, which a test takes as its argument. */
  fixture?: RegExp;
}

const plugIns: readonly PlugIn[] = [
  { distribution: 'pytest-cov', setting: /(?:^|[\s"'])--(?:no-)?cov\b/ },
  {
    distribution: 'pytest-xdist',
    setting: /(?:^|[\s"'])(?:-n[\s=]?(?:\d+|auto)|--numprocesses|--dist[\s=])/,
  },
  {
    distribution: 'pytest-timeout',
    setting: /^\s*timeout\s*=|--timeout\b/m,
    mark: /\bmark\.timeout\b/,
  },
  {
    distribution: 'pytest-asyncio',
    setting: /\basyncio_(?:default_fixture_loop_scope|mode)\b/,
    mark: /\bmark\.asyncio\b/,
  },
  { distribution: 'pytest-trio', setting: /^\s*trio_mode\b/m, mark: /\bmark\.trio\b/ },
  { distribution: 'anyio', mark: /\bmark\.anyio\b/ },
  { distribution: 'pytest-twisted', setting: /--reactor[\s=]/ },
  {
    distribution: 'pytest-django',
    setting: /\bDJANGO_SETTINGS_MODULE\b/,
    mark: /\bmark\.django_db\b/,
  },
  { distribution: 'pytest-env', setting: /^\s*env\s*=\s*(?:\n|\[)/m },
  { distribution: 'pytest-randomly', setting: /--randomly-\w/ },
  { distribution: 'pytest-rerunfailures', setting: /--reruns\b/, mark: /\bmark\.flaky\(\s*reruns/ },
  {
    distribution: 'pytest-mypy-plugins',
    setting: /--mypy-(?:ini-file|same-process|only-local-stub)/,
  },
  { distribution: 'pytest-doctestplus', setting: /\bdoctest_plus\b|--doctest-(?:plus|rst)\b/ },
  { distribution: 'pytest-order', mark: /\bmark\.order\(/ },
  { distribution: 'pytest-benchmark', setting: /--benchmark-\w/, fixture: /\bbenchmark\b/ },
  { distribution: 'pytest-mock', fixture: /\b(?:module_|class_|session_)?mocker\b/ },
  { distribution: 'pytest-httpbin', fixture: /\bhttpbin(?:_secure|_both)?\b/ },
  { distribution: 'pytest-httpserver', fixture: /\bhttpserver\b/ },
  { distribution: 'pytest-httpx', fixture: /\bhttpx_mock\b/ },
  { distribution: 'pytest-aiohttp', fixture: /\baiohttp_(?:client|server)\b/ },
  { distribution: 'requests-mock', fixture: /\brequests_mock\b/ },
  { distribution: 'pytest-subtests', fixture: /\bsubtests\b/ },
  { distribution: 'pytest-freezer', fixture: /\bfreezer\b/ },
  { distribution: 'pytest-datadir', fixture: /\b(?:lazy_)?(?:shared_)?datadir\b/ },
  { distribution: 'pytest-regressions', fixture: /\b(?:data|file|num|dataframe)_regression\b/ },
  { distribution: 'syrupy', fixture: /\bsnapshot\b/ },
  { distribution: 'pyfakefs', fixture: /\bfs\b/ },
];

const settingFiles = ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'];
const testFile =
  /(?:^|\/)(?:conftest|test_[^/]*|[^/]*_test|tests?)\.py$|(?:^|\/)tests?\/[^/]+\.py$/;

/** Requirements that test files and pytest's settings show, without those that are declared already. */
export function undeclaredRequirements(
  facts: RepositoryFacts,
  declared: TestRequirements,
  framework: string,
): string[] {
  const files = facts.files.filter((file) => testFile.test(file));
  const texts = files.map((file) => facts.read(file) ?? '');
  const own = ownModules(facts);
  const imported = files.flatMap((file, index) => {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    return topLevelImports(texts[index] ?? '').filter(
      (module) => !own.has(module) && !own.has(`${folder}${module}`),
    );
  });
  const found = imported.flatMap((module) =>
    Object.hasOwn(distributions, module) ? [distributions[module]!] : [],
  );
  if (framework === 'pytest') found.push(...usedPlugIns(facts, texts));
  const known = new Set(declaredLines(facts, declared).map(distributionOf));
  return [...new Set(found)].filter((name) => !known.has(distributionOf(name))).sort();
}

function declaredLines(facts: RepositoryFacts, { packages, files }: TestRequirements): string[] {
  // An old Python, so that what is needed there only counts as declared too.
  const own = isPackage(facts) ? runtimeRequirements(facts, '3') : [];
  const all = isPackage(facts) ? files : ['requirements.txt', ...files];
  return [...packages, ...own, ...all.flatMap((file) => requirementLines(facts, file))];
}

function usedPlugIns(facts: RepositoryFacts, texts: readonly string[]): string[] {
  const settings = settingFiles.map((file) => pytestSettings(file, facts.read(file) ?? ''));
  const parameters = texts.map(testParameters);
  return plugIns
    .filter(
      ({ setting, mark, fixture }) =>
        (setting !== undefined && settings.some((text) => setting.test(text))) ||
        (mark !== undefined && texts.some((text) => mark.test(text))) ||
        (fixture !== undefined &&
          parameters.some((text) => fixture.test(text)) &&
          !texts.some((text) => definesFixture(text, fixture))),
    )
    .map(({ distribution }) => distribution);
}

/** The part of a settings file that pytest reads; later sections belong to other tools. */
function pytestSettings(file: string, text: string): string {
  const begins = /^\[(?:tool\.pytest(?:\.ini_options)?|tool:pytest|pytest)\]\s*$/m.exec(text);
  if (!begins) return '';
  const rest = text.slice(begins.index + begins[0].length);
  const end = file.endsWith('.toml') ? /^\[/m : /^\[[\w:.-]+\]\s*$/m;
  return rest.slice(0, end.exec(rest)?.index ?? rest.length);
}

/** What test functions and fixtures take. */
function testParameters(text: string): string {
  const functions = text.matchAll(
    /(?:^[ \t]*@[^\n]*fixture[^\n]*\n[ \t]*(?:async )?def \w+|^[ \t]*(?:async )?def test\w*)\((?<taken>[^)]*)\)/gm,
  );
  return [...functions].map((match) => match.groups?.['taken'] ?? '').join('\n');
}

function definesFixture(text: string, fixture: RegExp): boolean {
  return [
    ...text.matchAll(
      /^[ \t]*(?:async )?def (\w+)\(|\bname=["'](\w+)["']|parametrize\(\s*["']([^"']+)/gm,
    ),
  ].some((match) => fixture.test(match[1] ?? match[2] ?? match[3] ?? ''));
}

/** The distribution that a requirement names, in one spelling. */
function distributionOf(requirement: string): string {
  const name = /^[\w.-]+/.exec(requirement.trim())?.[0] ?? '';
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}
