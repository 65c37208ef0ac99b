// The ways of making a procedural bug, by published name.
import type { Mutator } from '../core/mutator.ts';
import { defineRegistry } from '../lib/registry.ts';

export const mutators = defineRegistry<Mutator>('mutator', {
  func_pm_op_change: () => import('./func_pm_op_change.ts'),
  func_pm_flip_operators: () => import('./func_pm_flip_operators.ts'),
  func_pm_op_swap: () => import('./func_pm_op_swap.ts'),
  func_pm_op_break_chains: () => import('./func_pm_op_break_chains.ts'),
  func_pm_op_change_const: () => import('./func_pm_op_change_const.ts'),
  func_pm_ctrl_invert_if: () => import('./func_pm_ctrl_invert_if.ts'),
  func_pm_ctrl_invert_if_elif: () => import('./func_pm_ctrl_invert_if_elif.ts'),
  func_pm_ctrl_shuffle: () => import('./func_pm_ctrl_shuffle.ts'),
  func_pm_class_rm_base: () => import('./func_pm_class_rm_base.ts'),
  func_pm_class_shuffle_funcs: () => import('./func_pm_class_shuffle_funcs.ts'),
  func_pm_class_rm_funcs: () => import('./func_pm_class_rm_funcs.ts'),
  func_pm_remove_loop: () => import('./func_pm_remove_loop.ts'),
  func_pm_remove_cond: () => import('./func_pm_remove_cond.ts'),
  func_pm_remove_assign: () => import('./func_pm_remove_assign.ts'),
  func_pm_remove_wrapper: () => import('./func_pm_remove_wrapper.ts'),
  func_pm_unwrap_wrapper: () => import('./func_pm_unwrap_wrapper.ts'),
});
