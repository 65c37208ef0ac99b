// Asks the engine itself whether a source still compiles: early errors stop every test that loads it.
import { Worker } from 'node:worker_threads';

/** `unknown`: the file was never something that the engine compiles as it is, e.g. Flow. */
export type CompileCheck = 'compiles' | 'broken' | 'unknown';

type Form = 'script' | 'module';

interface Question {
  text: string;
  form: Form;
  typescript: boolean;
}

/**
 * Compiles, without running, the texts of candidates in the form in which the original compiles:
 * in a thread of its own, because modules need an engine flag and types a feature that warns.
 */
export class CompileChecker implements AsyncDisposable {
  readonly #forms = new Map<string, Promise<Form | undefined>>();
  readonly #waiting: ((compiles: boolean) => void)[] = [];
  #worker: Worker | undefined;

  /** `before` must be the original of `path` every time. */
  async check(path: string, before: string, after: string): Promise<CompileCheck> {
    let form = this.#forms.get(path);
    if (form === undefined) {
      form = this.#findForm(path, before);
      this.#forms.set(path, form);
    }
    const known = await form;
    if (known === undefined) return 'unknown';
    return (await this.#compiles(path, after, known)) ? 'compiles' : 'broken';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }

  async #findForm(path: string, text: string): Promise<Form | undefined> {
    for (const form of ['script', 'module'] as const) {
      if (await this.#compiles(path, text, form)) return form;
    }
    return undefined;
  }

  #compiles(path: string, text: string, form: Form): Promise<boolean> {
    const worker = (this.#worker ??= this.#startWorker());
    const question: Question = { text, form, typescript: /\.(?:[cm]?ts|tsx)$/.test(path) };
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(question);
    });
  }

  #startWorker(): Worker {
    const worker = new Worker(COMPILER, {
      eval: true,
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
    });
    worker.on('message', (compiles: boolean) => this.#waiting.shift()?.(compiles));
    worker.unref();
    return worker;
  }
}

const COMPILER = `
const { parentPort } = require('node:worker_threads');
const { stripTypeScriptTypes } = require('node:module');
const { Script, SourceTextModule } = require('node:vm');
const WRAPPER = '(function (exports, require, module, __filename, __dirname) {';
parentPort.on('message', ({ text, form, typescript }) => {
  let compiles = true;
  try {
    const plain = (typescript ? stripTypeScriptTypes(text, { mode: 'transform' }) : text).replace(/^#!.*/, '');
    if (form === 'script') new Script(WRAPPER + plain + '\\n})');
    else new SourceTextModule(plain);
  } catch {
    compiles = false;
  }
  parentPort.postMessage(compiles);
});
`;
