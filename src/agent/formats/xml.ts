// Calls written as `<function=name><parameter=key>value</parameter></function>`, the form SWE-agent
// gives to models without function calling and student models are trained on.
import type { Tool } from '../../core/agent.ts';
import type { AssistantMessage, ToolDescription } from '../../core/schema/model.ts';
import {
  type ActionFormat,
  CUT_REPLY,
  MOST_CALLS,
  type ParsedTurn,
  tooManyCalls,
  type WrittenCall,
} from './format.ts';
import { renderObservations } from './observations.ts';
import { describeParameters } from './parameters.ts';
import { readValue } from './values.ts';

const format: ActionFormat = {
  name: 'xml',
  native: false,
  instructions: renderInstructions,
  parse: parseXml,
  render: renderObservations,
};

export default format;

function renderInstructions(tools: readonly ToolDescription[]): string {
  const list = tools.map(
    (tool) => `### ${tool.name}\n${tool.description}\n${describeParameters(tool.parameters)}`,
  );
  return `# Tools

You act by calling tools. Write a call exactly like this, parameters on lines of their own, values as they are, without quoting or escaping:

<function=tool_name>
<parameter=parameter_name>
value
</parameter>
</function>

Think first if you need to, then end your message with one call. You will be shown what came of it before you write again.

${list.join('\n\n')}`;
}

const OPENING = /<function=(?<name>[^>\s]+)>/g;
const PARAMETER = /<parameter=(?<name>[^>\s]+)>/g;

function parseXml(message: AssistantMessage, finish: string, tools: readonly Tool[]): ParsedTurn {
  const text = message.content;
  const openings = [...text.matchAll(OPENING)];
  if (openings.length === 0) {
    return { calls: [], problem: finish === 'length' ? CUT_REPLY : NO_CALL };
  }
  const calls: WrittenCall[] = [];
  // A call's text may itself hold the tags of calls: what lies inside an earlier call is its text.
  let after = 0;
  for (const [index, opening] of openings.entries()) {
    if (opening.index < after) continue;
    const begin = opening.index + opening[0].length;
    const next = nextOnOwnLine(text, openings, index + 1);
    const body = text.slice(begin, next?.index ?? text.length);
    const end = body.lastIndexOf('</function>');
    const isLast = next === undefined;
    if (end === -1 && !(isLast && finish !== 'length')) {
      const problem =
        finish === 'length' && isLast ? CUT_REPLY : 'A call is not closed with </function>.';
      calls.push(written(calls.length, opening, body, { problem }));
      after = begin + body.length;
      continue;
    }
    const inner = end === -1 ? body : body.slice(0, end);
    after = begin + inner.length;
    const tool = tools.find(({ name }) => name === opening.groups?.['name']);
    calls.push(written(calls.length, opening, inner, readParameters(inner, tool)));
  }
  return calls.length > MOST_CALLS ? { calls: [], problem: tooManyCalls(calls.length) } : { calls };
}

const NO_CALL =
  'Your message holds no call. End it with one, written as <function=name> … </function>.';

function written(
  position: number,
  opening: RegExpExecArray,
  body: string,
  parsed: WrittenCall['parsed'],
): WrittenCall {
  const tool = opening.groups?.['name'] ?? '';
  return { callId: `xml-${position}`, tool, arguments: body.trim(), parsed };
}

function readParameters(body: string, tool: Tool | undefined): WrittenCall['parsed'] {
  const input: Record<string, unknown> = {};
  let rest = body;
  for (;;) {
    PARAMETER.lastIndex = 0;
    const opening = PARAMETER.exec(rest);
    if (!opening) return { input };
    const name = opening.groups?.['name'] ?? '';
    const from = opening.index + opening[0].length;
    const end = endOfValue(rest, from);
    if (end === -1) return { problem: `The parameter ${name} is not closed with </parameter>.` };
    input[name] = readValue(stripLineEnds(rest.slice(from, end)), name, tool);
    rest = rest.slice(end + CLOSING.length);
  }
}

const CLOSING = '</parameter>';

/** The closing tag that is followed by another parameter or by the end: others belong to the value. */
function endOfValue(text: string, from: number): number {
  for (let at = text.indexOf(CLOSING, from); at !== -1; at = text.indexOf(CLOSING, at + 1)) {
    if (/^\s*(?:$|<parameter=[^>\s]+>)/.test(text.slice(at + CLOSING.length))) return at;
  }
  return text.lastIndexOf(CLOSING) >= from ? text.lastIndexOf(CLOSING) : -1;
}

function stripLineEnds(value: string): string {
  return value.replace(/^\r?\n/, '').replace(/\r?\n$/, '');
}

function nextOnOwnLine(
  text: string,
  openings: readonly RegExpExecArray[],
  from: number,
): RegExpExecArray | undefined {
  for (let index = from; index < openings.length; index += 1) {
    const opening = openings[index];
    if (opening && isOnOwnLine(text, opening.index)) return opening;
  }
  return undefined;
}

function isOnOwnLine(text: string, index: number): boolean {
  // Replies can be long and hostile: a short look back is enough.
  const before = text.slice(Math.max(0, index - 100), index);
  return /(?:^|\n)[ \t]*$/.test(before) && /<\/function>\s*$/.test(before);
}
