// Tells the model of a tool: its zod parameters become a JSON schema.
import { z } from 'zod';
import type { Tool } from '../core/agent.ts';
import type { ToolDescription } from '../core/schema/model.ts';

/** Name, description and JSON schema; the schema is what arguments look like before defaults are filled in. */
export function describeTool(tool: Tool): ToolDescription {
  const { $schema: _, ...parameters } = z.toJSONSchema(tool.parameters, { io: 'input' });
  return { name: tool.name, description: tool.description, parameters };
}
