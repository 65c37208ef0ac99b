// Door `swemint/testing`: the suites that prove an extension, and the small things tests are made of.
export * from './framework-conformance.ts';
export * from './sandbox-conformance.ts';
export * from './scripted-model.ts';
export type { Script, ScriptedFault, ScriptedReply, ScriptedTurn } from './scripted-model.ts';
export { startModelServer } from './model-server.ts';
export type { ModelServer, ModelServerOptions } from './model-server.ts';
export { tinyPythonProject, writeProject } from './tiny-projects.ts';
