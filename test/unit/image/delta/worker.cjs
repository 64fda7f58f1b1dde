// The worker from its source: a thread doesn't inherit the loader of TypeScript.
require('tsx/cjs');
require('../../../../src/image/delta/worker.ts');
