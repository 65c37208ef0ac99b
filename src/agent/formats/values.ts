// Turns the text of a parameter into the kind of value its tool asks for.
import { z } from 'zod';
import type { Tool } from '../../core/agent.ts';

/**
 * Text stays text where the tool takes text; elsewhere it is read as JSON, with Python's spelling of
 * the constants allowed. What cannot be read stays text, and the tool's own check will say so.
 */
export function readValue(text: string, name: string, tool: Tool | undefined): unknown {
  const schema = tool?.parameters.shape[name] as z.ZodType | undefined;
  if (!schema || schema.safeParse(text).success) return text;
  const constant = constants.get(text.trim());
  if (constant !== undefined) return constant;
  try {
    return JSON.parse(text.trim());
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

const constants = new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
