// Takes one base out of a list of bases, commas and brackets included.
import type { Edit, Scene, Site } from '../../core/mutator.ts';

/** The edit that removes the base; the whole list goes when nothing else is in it. */
export function removeBase(site: Site, scene: Scene): Edit {
  const list = site.part('list');
  const base = site.node;
  if (!list.children.some((child) => child.type === ',')) {
    let start = list.startIndex;
    while (/\s/.test(scene.source[start - 1] ?? '')) start -= 1;
    return { start, end: list.endIndex, text: '' };
  }
  const next = base.nextSibling;
  if (next?.type === ',') {
    const following = list.namedChildren.find((child) => child.startIndex >= next.endIndex);
    return { start: base.startIndex, end: following?.startIndex ?? next.endIndex, text: '' };
  }
  const previous = list.namedChildren.findLast((child) => child.endIndex <= base.startIndex);
  return { start: previous?.endIndex ?? base.startIndex, end: base.endIndex, text: '' };
}
