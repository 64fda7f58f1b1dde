/** Runs a step that may take long: says that it began, lives and ended. */
export async function step<T>(
  title: string,
  work: (report: (detail: string) => void) => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - start) / 1000)} s`;
  let detail = '';
  console.log(`${title} …`);
  const heartbeat = setInterval(() => {
    console.log(`  … ${seconds()}${detail && `, ${detail}`}`);
  }, 10_000);
  try {
    const result = await work((text) => (detail = text));
    console.log(`  done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
