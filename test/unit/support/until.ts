/**
 * Waits until `condition` gives something true and resolves with it. Looks at every turn of the event loop at
 * first, every few milliseconds later. Fails with `description` (and what the condition last threw, if it
 * throws) after `timeoutMs`.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  description: string,
  timeoutMs = 10_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  let lastError: unknown;
  for (let look = 0; ; look++) {
    try {
      const value = await condition();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= end) {
      throw new Error(`waited ${timeoutMs} ms in vain for: ${description}`, { cause: lastError });
    }
    await pause(look);
  }
}

function pause(look: number): Promise<void> {
  return new Promise((resolve) => {
    if (look < 50) setImmediate(resolve);
    else setTimeout(resolve, 5);
  });
}
