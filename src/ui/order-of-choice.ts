/** Those of `before` that are still chosen, and what was chosen since after them. */
export function inOrderOfChoice<T>(before: readonly T[], chosen: readonly T[]): T[] {
  return [
    ...before.filter((item) => chosen.includes(item)),
    ...chosen.filter((item) => !before.includes(item)),
  ];
}
