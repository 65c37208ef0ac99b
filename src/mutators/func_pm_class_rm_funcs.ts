// Takes methods away from a class, and with them the calls that the class makes itself.
import { defineMutator } from '../core/mutator.ts';

export default defineMutator({
  name: 'func_pm_class_rm_funcs',
  summary: 'Removes methods of a class; calls of them on the same object become nothing.',
  category: 'class',
  origin: ['SWE-smith', 'SWE-Hub'],
  target: 'class',
  roles: ['method'],
  likelihood: 0.15,
  minComplexity: 10,
  choice: 'one',
  mutate(_site, scene) {
    const removed = scene.sites('method').filter(() => scene.flip());
    if (removed.length === 0) return undefined;
    const names = new Set(removed.map((method) => scene.text(method.part('name'))));
    const inside = (start: number): boolean =>
      removed.some(({ node }) => node.startIndex <= start && start < node.endIndex);
    const calls = scene
      .sites('self-call')
      .filter((call) => names.has(scene.text(call.part('name'))) && !inside(call.node.startIndex));
    const list = [...names].map((name) => `\`${name}\``).join(', ');
    return {
      removes: removed.map((method) => method.node),
      edits: calls.map(({ node }) => ({
        start: node.startIndex,
        end: node.endIndex,
        text: scene.language.nothing,
      })),
      did: `removed the method${names.size > 1 ? 's' : ''} ${list}`,
    };
  },
});
