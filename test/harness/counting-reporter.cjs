// Mocha's spec reporter that also writes what it counted to SLIPWAY_TEST_RESULTS, and its text to
// SLIPWAY_TEST_OUTPUT if that is set (in an extension host the console is a long way from the terminal).
const { appendFileSync, writeFileSync } = require('node:fs');
const { format } = require('node:util');
const Mocha = require('mocha');

const output = process.env.SLIPWAY_TEST_OUTPUT;
if (output) {
  Mocha.reporters.Base.consoleLog = (...args) => appendFileSync(output, `${format(...args)}\n`);
}

/** What is left open when tests are over would keep a run from ending: a test that forgot it is a failure. */
const graceMs = 30_000;

function failIfHeld() {
  setTimeout(() => {
    console.error(`Tests left open: ${process.getActiveResourcesInfo().join(', ')}`);
    // Mocha sets the exit code by the count of failures, as the last thing before the end.
    process.on('exit', () => (process.exitCode = 1));
    process.exit();
  }, graceMs).unref();
}

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      const results = { passed: passes, failed: failures, skipped: pending };
      if (process.env.SLIPWAY_TEST_RESULTS) {
        writeFileSync(process.env.SLIPWAY_TEST_RESULTS, JSON.stringify(results));
      }
      if (!output) failIfHeld();
    });
  }
};
