// What became of turning an environment into a container image.
import { z } from 'zod';

export const imageRecord = z.object({
  schemaVersion: z.literal(1),
  repository: z.object({ id: z.string(), name: z.string(), commit: z.string() }),
  /** Of the environment that the image installs. */
  environment: z.string(),
  /** Hash of everything that decides the image: context, base image, name. */
  key: z.string(),
  /** `written`: the Dockerfile and its context alone, for want of an engine or on request. */
  status: z.enum(['built', 'written', 'failed']),
  /** One sentence. */
  reason: z.string(),
  baseImage: z.string(),
  /** The name it was given. */
  tag: z.string(),
  /** Content address of the built image. */
  imageId: z.string().nullable(),
  /** As its registry knows it, once pushed. */
  pushed: z.string().nullable(),
  /** Folder with the Dockerfile, relative to the record. */
  context: z.string(),
  /** The end of what the build printed. */
  logTail: z.string(),
  durationMs: z.number(),
  /** ISO 8601. */
  date: z.string(),
  swemint: z.string(),
});
export type ImageRecord = z.infer<typeof imageRecord>;
