import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { type DeliveryFacts, chooseDelivery } from '../../../src/update/delivery';

const facts: DeliveryFacts = {
  board: 'desk-1',
  method: 2,
  protocols: [0, 2],
  preference: 'auto',
  schemes: ['coap', 'http'],
};

describe('How a package gets to a board', () => {
  for (const [what, some, expected] of [
    ['both, by default', {}, 'push'],
    ['nothing of it', { method: undefined, protocols: [] }, 'push'],
    ['push only', { method: 1 }, 'push'],
    ['pull only', { method: 0 }, 'coap'],
    ['both, and the user wants a pull', { preference: 'pull' }, 'coap'],
    ['no protocol, so CoAP', { method: 0, protocols: [] }, 'coap'],
    ['HTTP only', { method: 0, protocols: [2] }, 'http'],
    ['CoAP over TCP', { method: 0, protocols: [4], schemes: ['coap+tcp'] }, 'coap+tcp'],
    ['pull only, and the user wants a push', { method: 0, preference: 'push' }, 'update.push-unsupported'],
    ['push only, and the user wants a pull', { method: 1, preference: 'pull' }, 'update.pull-unsupported'],
    ['CoAPS and HTTPS only', { method: 0, protocols: [1, 3] }, 'update.no-protocol'],
    ['HTTP only, which is off', { method: 0, protocols: [2], schemes: ['coap'] }, 'update.no-protocol'],
  ] as const satisfies readonly (readonly [string, Partial<DeliveryFacts>, string])[]) {
    it(`is ${expected} when it tells ${what}`, () => {
      let result: string;
      try {
        result = chooseDelivery({ ...facts, ...some });
      } catch (error) {
        if (!SlipwayError.is(error)) throw error;
        result = error.code;
      }
      assert.equal(result, expected);
    });
  }
});
