// Every shape that is stored or exchanged, in one place.
export * from './audit.ts';
export * from './candidate.ts';
export * from './environment.ts';
export * from './image.ts';
export * from './model.ts';
export * from './recording.ts';
export * from './repository.ts';
export * from './task.ts';
export * from './test.ts';
export * from './trajectory.ts';
