// Door `swemint/schema`: zod schemas and types of everything that is stored.
export * from './core/schema/index.ts';
