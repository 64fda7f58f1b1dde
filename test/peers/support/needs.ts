/**
 * Says, at the top of a `describe`, which tools of test/harness/peer-tools.ts its tests run against. On a machine that
 * can't have one of them they are skipped; `npm run test:peers` says why.
 */
export function needs(...names: readonly string[]): void {
  before('has what it compares with', function () {
    const missing = process.env.SLIPWAY_PEERS_MISSING;
    if (missing === undefined) throw new Error('these tests are run by `npm run test:peers`');
    const reasons = JSON.parse(missing) as Record<string, string>;
    if (names.some((name) => name in reasons)) this.skip();
  });
}
