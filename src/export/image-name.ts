// Names container images the way the SWE-bench family does; swemint itself builds none.

/** `<prefix>/<kind>.x86_64.<id>`, lower case, with `_1776_` for the `__` that registries reject. */
export function imageName(prefix: string, kind: string, id: string): string {
  return `${prefix}/${kind}.x86_64.${id.replaceAll('__', '_1776_')}`.toLowerCase();
}
