// Loads what is not the repository's own, so that no run has to.
import Module, { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
/** Absent before Node 22.15: nothing could then tell that a module reaches back. */
const { registerHooks } = Module;

/** Returns the dependencies that cannot be loaded ahead: they fail alone, or want the repository. */
export async function preload({ root, builtins, dependencies }) {
  const isOwn = (path) => path.startsWith(`${root}/`) && !path.includes('/node_modules/');
  const release = guard(isOwn);
  const refused = [];
  for (const name of builtins) attempt(() => require(`node:${name}`));
  for (const { path, module } of dependencies) {
    const loaded = module
      ? registerHooks !== undefined && (await attemptImport(path))
      : attempt(() => require(path));
    if (!loaded) refused.push(path);
  }
  release();
  return refused;
}

function attempt(load) {
  try {
    load();
    return true;
  } catch {
    return false;
  }
}

async function attemptImport(path) {
  try {
    await import(pathToFileURL(path).href);
    return true;
  } catch {
    return false;
  }
}

/** The candidate changes the repository's own modules, so none of them may be here already. */
function guard(isOwn) {
  const originals = { ...Module._extensions };
  for (const [extension, load] of Object.entries(originals)) {
    Module._extensions[extension] = function checked(module, path) {
      if (isOwn(path)) throw new Error(`${path} belongs to the repository.`);
      return Reflect.apply(load, this, [module, path]);
    };
  }
  const hooks = registerHooks?.({
    load(url, context, next) {
      if (url.startsWith('file:') && isOwn(fileURLToPath(url.replace(/[?#].*$/, '')))) {
        throw new Error(`${url} belongs to the repository.`);
      }
      return next(url, context);
    },
  });
  return () => {
    Object.assign(Module._extensions, originals);
    hooks?.deregister();
  };
}
