import type { PanelBatch, PanelBoard } from '../src/ui/panel-protocol';

/** A screen reader that hears every block hears nothing: progress is told in steps of this many percent. */
const step = 25;

/**
 * What to read out after a board went from `before` to `after`; undefined if it is not worth a word.
 * Nothing is said of a board on its first sight or when another one is chosen: that is read by going there.
 */
export function announcement(before: PanelBoard | undefined, after: PanelBoard): string | undefined {
  if (before?.name !== after.name) return undefined;
  const said: string[] = [];
  const [was, is] = [before.update, after.update];
  if (is && (is.id !== was?.id || is.phase !== was.phase)) said.push(is.phase);
  else if (is?.running && was && Math.floor(is.percent / step) > Math.floor(was.percent / step)) {
    said.push(is.progressText);
  }
  if (after.news && after.news.text !== before.news?.text) {
    said.push(after.news.text, ...(after.news.remedy === undefined ? [] : [after.news.remedy]));
  }
  if (after.online !== before.online) said.push(after.description);
  return said.length === 0 ? undefined : said.map((text) => text.replace(/\.$/, '')).join('. ');
}

/**
 * What to read out after an update of several boards went from `before` to `after`: how it stands whenever a tenth of
 * the boards came to their end, and its end.
 */
export function batchAnnouncement(
  before: PanelBatch | undefined,
  after: PanelBatch | undefined,
): string | undefined {
  if (!before || !after || before.ended === after.ended) return undefined;
  const tenth = Math.max(1, after.total / 10);
  const isNews = !after.running || Math.floor(after.ended / tenth) !== Math.floor(before.ended / tenth);
  return isNews ? after.summary : undefined;
}
