// `swemint mutators`, `languages`, `frameworks`: what there is, read from the registries.
import { frameworks } from '../../frameworks/registry.ts';
import { languages } from '../../languages/registry.ts';
import { mutators } from '../../mutators/registry.ts';
import { renderTable } from '../render-table.ts';

type Kind = 'mutators' | 'languages' | 'frameworks';

const rows: Record<Kind, () => Promise<Record<string, string | number | boolean>[]>> = {
  mutators: async () =>
    (await mutators.loadAll()).map((mutator) => ({
      name: mutator.name,
      likelihood: mutator.likelihood,
      complexity: `${mutator.minComplexity}–${mutator.maxComplexity === Infinity ? '∞' : mutator.maxComplexity}`,
      effect: mutator.summary,
    })),
  languages: async () =>
    (await languages.loadAll()).map((language) => ({
      name: language.name,
      files: language.extensions.join(' '),
    })),
  frameworks: async () =>
    (await frameworks.loadAll()).map((framework) => ({
      name: framework.name,
      languages: framework.languages.join(' '),
      warm: framework.warm,
      summary: framework.summary,
    })),
};

export async function catalogueCommand(kind: Kind, { json }: { json?: boolean }): Promise<void> {
  const found = await rows[kind]();
  process.stdout.write(
    json === true ? `${JSON.stringify({ [kind]: found })}\n` : renderTable(found),
  );
}
