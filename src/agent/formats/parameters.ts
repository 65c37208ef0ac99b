// Describes a tool's parameters in plain lines, for formats in which the provider does not.
import { z } from 'zod';

const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
});
const schema = z.looseObject({
  properties: z.record(z.string(), property).optional(),
  required: z.array(z.string()).optional(),
});

/** One line for each parameter: name, kind, whether it may be left out, what it means. */
export function describeParameters(parameters: Readonly<Record<string, unknown>>): string {
  const { properties = {}, required = [] } = schema.parse(parameters);
  const lines = Object.entries(properties).map(([name, { type, description, enum: choices }]) => {
    const kind = choices ? `one of ${choices.join(', ')}` : [type ?? 'any'].flat().join(' or ');
    const optional = required.includes(name) ? '' : ', optional';
    return `- ${name} (${kind}${optional})${description ? `: ${description}` : ''}`;
  });
  return lines.length === 0 ? 'No parameters.' : `Parameters:\n${lines.join('\n')}`;
}
