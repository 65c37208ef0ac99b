// Says in words who made an environment.
import type { EnvironmentMaker } from '../../core/schema/index.ts';

/** `recipe python-venv`, `memory:owner/name`, `agent gpt-5-mini`: as tables and sentences show it. */
export function renderMaker(maker: EnvironmentMaker): string {
  switch (maker.kind) {
    case 'recipe':
      return `recipe ${maker.recipe}`;
    case 'given':
      return 'given scripts';
    case 'memory':
      return `memory:${maker.repository}`;
    case 'agent':
      return `agent ${maker.model}`;
  }
}
