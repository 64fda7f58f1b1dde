import assert from 'node:assert/strict';
import { RttEstimator } from '../../../src/coap/block1-rtt';

describe('RttEstimator', () => {
  const bounds = { initialMs: 3000, minMs: 500, maxMs: 10_000 };

  it('follows RFC 6298: 3 R after the first sample, then SRTT + 4 RTTVAR', () => {
    const rtt = new RttEstimator(bounds);
    assert.equal(rtt.timeoutMs, 3000);
    rtt.sample(1000);
    assert.equal(rtt.timeoutMs, 3000);
    rtt.sample(1000); // RTTVAR 375
    assert.equal(rtt.timeoutMs, 2500);
    rtt.sample(2000); // RTTVAR 531.25, SRTT 1125
    assert.equal(rtt.timeoutMs, 3250);
  });

  it('keeps to its bounds', () => {
    const rtt = new RttEstimator(bounds);
    rtt.sample(1);
    assert.equal(rtt.timeoutMs, 500);
    rtt.sample(60_000);
    assert.equal(rtt.timeoutMs, 10_000);
  });

  it('doubles on loss until the next sample', () => {
    const rtt = new RttEstimator(bounds);
    rtt.sample(200);
    assert.equal(rtt.timeoutMs, 600);
    rtt.backOff();
    rtt.backOff();
    assert.equal(rtt.timeoutMs, 2400);
    for (let count = 0; count < 5; count++) rtt.backOff();
    assert.equal(rtt.timeoutMs, 10_000);
    rtt.sample(200);
    assert.equal(rtt.timeoutMs, 500);
  });
});
