// What SWE-smith published for its Python modifiers (2504.21798, Table 11), to compare a run with.

export interface PaperYield {
  candidates: number;
  instances: number;
  /** 0 to 1. */
  yield: number;
}

const published: Readonly<Record<string, readonly [candidates: number, instances: number]>> = {
  func_pm_class_rm_base: [1401, 463],
  func_pm_class_rm_funcs: [2506, 1180],
  func_pm_class_shuffle_funcs: [2504, 47],
  func_pm_ctrl_invert_if: [4695, 2321],
  func_pm_ctrl_shuffle: [9055, 4015],
  func_pm_remove_assign: [5470, 2661],
  func_pm_remove_cond: [5288, 2311],
  func_pm_remove_loop: [1945, 860],
  func_pm_remove_wrapper: [884, 368],
  func_pm_op_break_chains: [747, 225],
  func_pm_op_change_const: [723, 257],
  func_pm_op_change: [1507, 450],
  func_pm_op_swap: [2141, 483],
};

/** By mutator; modifiers that the paper does not list are absent. */
export const paperYields: Readonly<Record<string, PaperYield>> = Object.fromEntries(
  Object.entries(published).map(([mutator, [candidates, instances]]) => [
    mutator,
    { candidates, instances, yield: instances / candidates },
  ]),
);

/** All modifiers of the table together. */
export const paperTotal: PaperYield = ((): PaperYield => {
  const all = Object.values(paperYields);
  const candidates = all.reduce((total, row) => total + row.candidates, 0);
  const instances = all.reduce((total, row) => total + row.instances, 0);
  return { candidates, instances, yield: instances / candidates };
})();
