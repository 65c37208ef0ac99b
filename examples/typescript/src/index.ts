// The public door of errand.
export { formatDuration, parseDuration } from './duration.ts';
export { compileGlob, matchAny } from './glob.ts';
export { CycleError, DependencyGraph } from './graph.ts';
export { summarize } from './report.ts';
export { ExponentialBackoff, FixedBackoff, LinearBackoff, retry } from './retry.ts';
export { Runner } from './runner.ts';
export { Schedule } from './schedule.ts';
export { parseTaskfile, TaskfileError } from './taskfile.ts';
export { expand } from './variables.ts';
