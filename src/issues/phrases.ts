// The words of statements: several ways to say each thing, so that a data set does not read like one form letter.
import type { FailureKind } from '../core/schema/index.ts';

type Pool = readonly [string, ...string[]];

/** How a failure looks to a person. */
export type Symptom = 'wrong-result' | 'accepted' | 'exception' | 'load' | 'hang' | 'crash';

const byKind: Readonly<Record<FailureKind, Symptom>> = {
  assertion: 'wrong-result',
  error: 'exception',
  collection: 'load',
  timeout: 'hang',
  crash: 'crash',
  missing: 'load',
};

/** Says of an assertion that an error was expected and did not come. */
const NOT_RAISED =
  /\bnot raised\b|DID NOT RAISE|^Missing expected (?:exception|rejection)|did not throw|to throw (?:an )?error, but|instead of rejecting/im;

export function symptomOf(kind: FailureKind, excerpt: string | undefined): Symptom {
  const symptom = byKind[kind];
  return symptom === 'wrong-result' && NOT_RAISED.test(excerpt ?? '') ? 'accepted' : symptom;
}

/** In braces: `{path}`, `{name}` (with the word class before it where it is one), `{error}`, `{type}`, `{test}`. */
export const openings: Readonly<
  Record<'nowhere' | 'file' | 'function', Readonly<Record<Symptom, Pool>>>
> = {
  nowhere: {
    'wrong-result': [
      'Something in this repository gives a wrong result, and I could not find out where it comes from.',
      'After updating I get results that cannot be right.',
      'I am seeing behaviour here that contradicts what the code is supposed to do.',
      'One of the results I rely on has changed, and the new one is wrong.',
      'Something that has always worked comes out wrong now.',
    ],
    accepted: [
      'Something that should be refused with an error is accepted.',
      'Invalid input is no longer rejected; nothing complains at all.',
      'I expected an error, but none is raised.',
      'A mistake that used to be reported now passes in silence.',
    ],
    exception: [
      'Code that used to run without trouble now ends in {error}.',
      'I run into {error} in a place where nothing should go wrong.',
      'An ordinary call fails with {error}. It worked before.',
      'Since the last update I get {error} for input that has always been fine.',
    ],
    load: [
      'Part of this project cannot even be loaded any more.',
      'The code breaks before it does anything: loading it fails.',
      'After the last change, an import at the top is enough to get an error.',
    ],
    hang: [
      'Something here never finishes. I waited, then had to stop it by hand.',
      'I hit what looks like an endless loop: the call just does not come back.',
      'Ordinary use hangs now; one core is busy and nothing happens.',
    ],
    crash: [
      'The process dies in the middle of an ordinary call, without a useful message.',
      'Everything stops at once: the interpreter exits where it should carry on.',
    ],
  },
  file: {
    'wrong-result': [
      'What `{path}` computes is wrong in some cases.',
      'I followed a wrong result as far as `{path}`, but I do not see what is wrong there.',
      'The behaviour of `{path}` is not what it should be.',
      'There is a bug somewhere in `{path}`: the result is not the expected one.',
      'Something in `{path}` seems to be broken. It runs, but the outcome is wrong.',
    ],
    accepted: [
      'The code in `{path}` accepts what it should refuse.',
      'An error that should come from `{path}` is not raised any more.',
      '`{path}` lets invalid input pass in silence.',
      'Something is missing in `{path}`: a case that should end in an error does not.',
    ],
    exception: [
      'Using what is in `{path}` ends in {error}.',
      'I get {error}, and it comes down to `{path}`.',
      'Something in `{path}` is broken: a call that should succeed raises {error}.',
      'A perfectly normal use of the code in `{path}` now fails with {error}.',
    ],
    load: [
      'Loading `{path}`, or something that depends on it, fails.',
      '`{path}` seems to be broken: what uses it cannot be loaded any more.',
      'The tests that need `{path}` cannot even start.',
    ],
    hang: [
      'Something in `{path}` never returns.',
      'I suspect an endless loop in `{path}`: calls into it hang.',
      'The code in `{path}` hangs for input that used to be handled at once.',
    ],
    crash: [
      'A call into `{path}` takes the whole process down.',
      'Something in `{path}` ends the process instead of returning.',
    ],
  },
  function: {
    'wrong-result': [
      '{name} in `{path}` does not give the right result.',
      '{name} (`{path}`) does not behave as it should.',
      'I think there is a bug in {name} (see `{path}`): the outcome is not what it should be.',
      'I get wrong results from {name} in `{path}`.',
      'Something about {name} is off. The code is in `{path}`.',
    ],
    accepted: [
      '{name} in `{path}` accepts what it should refuse.',
      'I expected an error with {name} (`{path}`), but none is raised.',
      'With {name} in `{path}` as it is now, invalid input passes in silence.',
    ],
    exception: [
      '{name} in `{path}` leads to {error} where it should simply work.',
      'I get {error} when {name} (`{path}`) is involved.',
      'Using {name} from `{path}` fails with {error}.',
      'There is a problem with {name} in `{path}`: it ends in {error}.',
    ],
    load: [
      '{name} in `{path}` is broken in a way that keeps the code from loading.',
      'Because of {name} (`{path}`), what depends on it cannot be loaded.',
    ],
    hang: [
      '{name} in `{path}` never returns.',
      'Calling {name} (`{path}`) hangs.',
      'I had to stop a program by hand; it was stuck in {name} in `{path}`.',
    ],
    crash: [
      '{name} in `{path}` takes the whole process down.',
      'When {name} (`{path}`) runs, the process ends.',
    ],
  },
};

/** A first line of its own, as issue trackers have it. */
export const titles: typeof openings = {
  nowhere: {
    'wrong-result': [
      'Wrong result',
      'Unexpected result after update',
      'Incorrect behaviour',
      'Results are not what they used to be',
    ],
    accepted: [
      'Invalid input is accepted',
      'Expected error is not raised',
      'No complaint where there should be one',
    ],
    exception: [
      'Unexpected {error}',
      '{error} on valid input',
      '{error} where there should be none',
    ],
    load: ['Cannot load the code', 'Error at import time'],
    hang: ['Call never returns', 'Hangs for ever'],
    crash: ['Process dies unexpectedly', 'Sudden exit'],
  },
  file: {
    'wrong-result': [
      'Wrong results from `{path}`',
      '`{path}`: incorrect behaviour',
      'Bug in `{path}`',
    ],
    accepted: ['`{path}` accepts invalid input', 'Missing error from `{path}`'],
    exception: ['{error} in `{path}`', '`{path}`: unexpected {error}'],
    load: ['`{path}` breaks loading', 'Cannot load what needs `{path}`'],
    hang: ['`{path}` hangs', 'Endless loop in `{path}`?'],
    crash: ['`{path}` ends the process'],
  },
  function: {
    'wrong-result': [
      'Wrong result from {name}',
      '{name} is broken',
      '{name}: unexpected result',
      '{name} does not do what it should',
    ],
    accepted: ['{name} accepts invalid input', 'No error from {name} where there should be one'],
    exception: ['{error} from {name}', '{name} fails with {error}', '{name}: unexpected {error}'],
    load: ['{name} breaks loading'],
    hang: ['{name} never returns', '{name} hangs'],
    crash: ['{name} ends the process'],
  },
};

/** Stand before the quoted failure. */
export const leadIns: Readonly<Record<Symptom, Pool>> = {
  'wrong-result': [
    'What I see:',
    'This is how it shows:',
    'A check of the result says:',
    'For example:',
    'Here is a case:',
  ],
  accepted: ['This is how it shows:', 'A check for it says:', 'What I see:'],
  exception: ['The error:', 'This is what I get:', 'Here is the message:', 'The message is:'],
  load: ['The error:', 'This is what I get:', 'Here is the message:'],
  hang: ['When I stopped it:', 'The last thing I saw:'],
  crash: ['The last thing I saw:', 'All there is to see:'],
};

/** `{type}` is a noun phrase such as “a missing condition”. */
export const guesses: Pool = [
  'It looks like {type}.',
  'My guess is {type}.',
  'To me this looks like {type}.',
  'I suspect {type}.',
  'It might be {type}, but I have not looked further.',
];

/** About one failing test. */
export const testMentions: Pool = [
  'It can be reproduced with the test {test}.',
  'The test {test} fails because of it.',
  '{test} shows the problem.',
  'To see it, run {test}.',
  'I noticed because {test} does not pass any more.',
];

/** Follow a mention when other tests fail too; `{count}` is at least 2. */
export const otherTests: Pool = [
  '{count} other tests fail as well.',
  'In all, {count} more tests are affected.',
  'It is not the only one: {count} more tests fail.',
];
export const oneOtherTest: Pool = [
  'One other test fails as well.',
  'There is one more failing test.',
];

/** Stand before a list of tests. */
export const listLeadIns: Pool = [
  'These tests should pass, but fail:',
  'The following tests fail at the moment:',
  'Failing tests:',
  'The suite used to be green. Now these fail:',
];
export const singleListLeadIns: Pool = [
  'One test that should pass fails:',
  'The suite used to be green. Now this one fails:',
  'Failing test:',
];

/** Some statements end with a request, some do not. */
export const closings: Pool = [
  '',
  '',
  'Could you have a look?',
  'Please find the cause and fix it.',
  'Everything else seems to work as before, and should keep doing so.',
  'It would be great to have this fixed.',
  'A fix should leave the rest of the behaviour alone.',
];

/** For statements that mention tests. */
export const closingsWithTests: Pool = [
  ...closings,
  'The tests are right as they are; the code needs the fix.',
  'Please fix the code, not the tests.',
  'Once it is fixed, the whole suite should pass again.',
];

/** Fills the braces; a name without a value is a mistake of ours and throws. */
export function fill(phrase: string, values: Readonly<Record<string, string | undefined>>): string {
  const filled = phrase.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} in "${phrase}"`);
    return value;
  });
  return filled.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
