// What each mutator makes of a small piece of code in each family of languages: every outcome, by hand.

/** Input and all that can become of it. */
export type Fixture = readonly [input: string, outcomes: readonly string[]];

const pythonClass = `class A(B, C):
    # first
    def f(self):
        return self.g() + self.x

    @property
    def g(self):
        return 1
`;

const scriptClass = `class A extends B {
  // first
  f() { return this.g() + this.x; }

  g() { return 1; }
}
`;

/** By mutator, then by family. */
export const fixtures: Readonly<Record<string, Readonly<Record<string, readonly Fixture[]>>>> = {
  func_pm_op_change: {
    python: [
      ['def f(a, b):\n    return a - b\n', ['def f(a, b):\n    return a + b\n']],
      ['def f(a, b):\n    return -a ** b\n', ['def f(a, b):\n    return -(a * b)\n']],
      ['def f(a):\n    return "%s" % a + "x"\n', []],
    ],
    ecmascript: [
      [
        'function f(a, b) { return a >> b; }',
        ['function f(a, b) { return a << b; }', 'function f(a, b) { return a >>> b; }'],
      ],
      ['function f(a) { return a + "x" + a; }', []],
    ],
  },
  func_pm_flip_operators: {
    python: [
      ['def f(a, b):\n    return a not  in b\n', ['def f(a, b):\n    return a in b\n']],
      [
        'def f(a, b, c):\n    return a and (b or c)\n',
        [
          'def f(a, b, c):\n    return a and (b and c)\n',
          'def f(a, b, c):\n    return a or (b or c)\n',
        ],
      ],
      ['def f(a, b, c):\n    return a + b + c\n', []],
    ],
    ecmascript: [
      ['function f(a, b) { return a <= b; }', ['function f(a, b) { return a > b; }']],
      [
        'function f(a, b, c) { return (a ?? b) || c; }',
        ['function f(a, b, c) { return (a ?? b) && c; }'],
      ],
    ],
  },
  func_pm_op_swap: {
    python: [
      ['def f(a, b, c):\n    return a - b * c\n', ['def f(a, b, c):\n    return b * c - a\n']],
      [
        'def f(a, b, c):\n    return a - b - c\n',
        ['def f(a, b, c):\n    return b - a - c\n', 'def f(a, b, c):\n    return c - (a - b)\n'],
      ],
      ['def f(a, b):\n    return(a)-b\n', ['def f(a, b):\n    return b-(a)\n']],
      ['def f(a, b):\n    return a * b, a + 1, a > 0 and b > 0\n', []],
    ],
    ecmascript: [
      ['function f(a, b) { return a - -b; }', ['function f(a, b) { return -b - a; }']],
      ['const f = (a) => a + {};', ['const f = (a) => ({}) + a;']],
      ['function f(a, b) { return a < b; }', []],
    ],
  },
  func_pm_op_break_chains: {
    python: [
      ['def f(a, b, c):\n    return a + b - c\n', ['def f(a, b, c):\n    return a - c\n']],
      ['def f(a, b, c):\n    return a * (b + c)\n', ['def f(a, b, c):\n    return a * c\n']],
    ],
    ecmascript: [
      ['function f(a, b, c) { return a * b + c; }', ['function f(a, b, c) { return a + c; }']],
    ],
  },
  func_pm_op_change_const: {
    python: [
      [
        'def f(a):\n    return a & 0xFF\n',
        ['def f(a):\n    return a & 0x100\n', 'def f(a):\n    return a & 0xFE\n'],
      ],
      [
        'def f(a):\n    return 0 ** a\n',
        ['def f(a):\n    return (-1) ** a\n', 'def f(a):\n    return 1 ** a\n'],
      ],
      [
        'def f(a):\n    return a + 1_000, 1.5, "2"\n',
        [
          'def f(a):\n    return a + 1_001, 1.5, "2"\n',
          'def f(a):\n    return a + 999, 1.5, "2"\n',
        ],
      ],
    ],
    ecmascript: [
      [
        'function f(a) { return a * 10n; }',
        ['function f(a) { return a * 11n; }', 'function f(a) { return a * 9n; }'],
      ],
    ],
  },
  func_pm_ctrl_invert_if: {
    python: [
      [
        'def f(a):\n    if a:\n        # yes\n        return 1  # one\n    else:\n        x = """\n  y"""\n        return x\n',
        [
          'def f(a):\n    if a:\n        x = """\n  y"""\n        return x\n    else:\n        # yes\n        return 1  # one\n',
        ],
      ],
      [
        'def f(a):\n    if a: return 1\n    else: return 2\n',
        ['def f(a):\n    if a: return 2\n    else: return 1\n'],
      ],
      ['def f(a, b):\n    if a:\n        return 1\n    elif b:\n        return 2\n', []],
    ],
    ecmascript: [
      [
        'function f(a) { if (a) { x(); } else { y(); } }',
        ['function f(a) { if (a) { y(); } else { x(); } }'],
      ],
      [
        'function f(a) { if (a) { x(); } else return 1; }',
        ['function f(a) { if (a) return 1; else { x(); } }'],
      ],
      ['function f(a, b) { if (a) { x(); } else if (b) { y(); } }', []],
    ],
  },
  func_pm_ctrl_invert_if_elif: {
    python: [
      [
        'def f(a, b):\n    if a:\n        return 1\n    elif b:\n        return 2\n    else:\n        return 3\n',
        [
          'def f(a, b):\n    if a:\n        return 2\n    elif b:\n        return 1\n    else:\n        return 3\n',
        ],
      ],
    ],
    ecmascript: [
      [
        'function f(a, b) { if (a) { x(); } else if (b) { y(); } }',
        ['function f(a, b) { if (a) { y(); } else if (b) { x(); } }'],
      ],
    ],
  },
  func_pm_ctrl_shuffle: {
    python: [
      [
        'def f(a):\n    """Doc."""\n    # start\n    x = 1\n    for i in a:\n        x += i\n    return x\n',
        [
          'def f(a):\n    """Doc."""\n    for i in a:\n        x += i\n    # start\n    x = 1\n    return x\n',
        ],
      ],
      ['def f(a):\n    global x\n    for i in a: x = i\n    return x\n', []],
    ],
    ecmascript: [
      [
        'function f(a) {\n  "use strict";\n  let x = 1; // one\n  for (const i of a) x += i;\n  return x;\n}\n',
        [
          'function f(a) {\n  "use strict";\n  for (const i of a) x += i;\n  let x = 1; // one\n  return x;\n}\n',
        ],
      ],
      ['function f(a) {\n  const x = a\n  while (a) a--\n  ;[x].map(a)\n  return x\n}\n', []],
    ],
  },
  func_pm_class_rm_base: {
    python: [
      [pythonClass, [pythonClass.replace('B, C', 'B'), pythonClass.replace('B, C', 'C')]],
      ['class A(B, metaclass=M):\n    pass\n', ['class A(metaclass=M):\n    pass\n']],
      ['class A(B):\n    pass\n', ['class A:\n    pass\n']],
    ],
    ecmascript: [
      [scriptClass, [scriptClass.replace(' extends B', '')]],
      ['class A extends B { constructor() { super(); } }', []],
    ],
  },
  func_pm_class_shuffle_funcs: {
    python: [
      [
        'class A:\n    @property\n    def f(self):\n        return 1\n\n    @f.setter\n    def f(self, value):\n        pass\n',
        [
          'class A:\n    @f.setter\n    def f(self, value):\n        pass\n\n    @property\n    def f(self):\n        return 1\n',
        ],
      ],
      ['class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n', []],
    ],
    ecmascript: [
      [
        'class A {\n  a = 1;\n  b = this.a + 1;\n}\n',
        ['class A {\n  b = this.a + 1;\n  a = 1;\n}\n'],
      ],
      [scriptClass, []],
    ],
  },
  func_pm_class_rm_funcs: {
    python: [
      [
        pythonClass,
        [
          'class A(B, C):\n    @property\n    def g(self):\n        return 1\n',
          'class A(B, C):\n    # first\n    def f(self):\n        return None + self.x\n',
          'class A(B, C):\n    pass\n',
        ],
      ],
    ],
    ecmascript: [
      [
        scriptClass,
        [
          'class A extends B {\n  // first\n  f() { return undefined + this.x; }\n}\n',
          'class A extends B {\n  g() { return 1; }\n}\n',
          'class A extends B {\n}\n',
        ],
      ],
    ],
  },
  func_pm_remove_loop: {
    python: [
      ['def f(a):\n    for x in a:\n        print(x)\n', ['def f(a):\n    pass\n']],
      [
        'def f(a):\n    x = 1\n\n    # all\n    while a:\n        a -= 1\n\n    return a\n',
        ['def f(a):\n    x = 1\n\n    return a\n'],
      ],
    ],
    ecmascript: [
      ['function f(a) { for (;;) { a(); } return a; }', ['function f(a) { return a; }']],
      [
        'function f(a) { if (a) while (a) a--; return a; }',
        ['function f(a) { if (a) {} return a; }'],
      ],
    ],
  },
  func_pm_remove_cond: {
    python: [
      [
        'def f(a, b):\n    if a:\n        return 1\n    elif b:\n        return 2\n    return 3\n',
        [
          'def f(a, b):\n    if a:\n        return 1\n    return 3\n',
          'def f(a, b):\n    return 3\n',
        ],
      ],
    ],
    ecmascript: [
      [
        'function f(a, b) {\n  if (a) {\n    return 1;\n  } else if (b) {\n    return 2;\n  }\n  return 3;\n}\n',
        [
          'function f(a, b) {\n  if (a) {\n    return 1;\n  }\n  return 3;\n}\n',
          'function f(a, b) {\n  return 3;\n}\n',
        ],
      ],
    ],
  },
  func_pm_remove_assign: {
    python: [
      [
        'def f(a):\n    a = 1; b = 2\n    return a\n',
        [
          'def f(a):\n    a = 1\n    return a\n',
          'def f(a):\n    b = 2\n    return a\n',
          'def f(a):\n    return a\n',
        ],
      ],
      [
        'def f(a):\n    if a: a += 1\n    return a\n',
        ['def f(a):\n    if a: pass\n    return a\n'],
      ],
    ],
    ecmascript: [
      [
        'function f(a) {\n  const b = a + 1;\n  for (let i = 0; ;) return b;\n}\n',
        ['function f(a) {\n  for (let i = 0; ;) return b;\n}\n'],
      ],
      ['function f(a) {\n  const g = () => a\n  const h = function () {}\n}\n', []],
      ['function f(a) {\n  a\n  b = 1;\n  (a)\n}\n', []],
    ],
  },
  func_pm_remove_wrapper: {
    python: [
      ['def f(a):\n    with a:\n        b()\n    return a\n', ['def f(a):\n    return a\n']],
    ],
    ecmascript: [
      ['function f(a) { try { a(); } catch {} return a; }', ['function f(a) { return a; }']],
    ],
  },
  func_pm_unwrap_wrapper: {
    python: [
      [
        'def f(a):\n    try:\n        # go\n        x = """\n  y"""\n        if x:\n            return a\n    except E:\n        pass\n    return a\n',
        ['def f(a):\n    # go\n    x = """\n  y"""\n    if x:\n        return a\n    return a\n'],
      ],
      ['def f(a):\n    with a: b()\n', ['def f(a):\n    b()\n']],
    ],
    ecmascript: [
      [
        'function f(a) {\n  try {\n    a(`\n`);\n  } catch {}\n}\n',
        ['function f(a) {\n  a(`\n`);\n}\n'],
      ],
      [
        'function f(a) {\n  try {\n    const b = a();\n  } finally {}\n}\n',
        ['function f(a) {\n  {\n    const b = a();\n  }\n}\n'],
      ],
    ],
  },
};
