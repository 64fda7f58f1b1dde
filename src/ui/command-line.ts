/**
 * The words of a command line: parted by blanks, except between quotes, single or double. Backslashes are characters
 * like others, since paths on Windows have them. Undefined where a quote has no end.
 */
export function commandWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"']|"[^"]*"|'[^']*')+)/gy;
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    words.push(
      match[1]!.replace(
        /"([^"]*)"|'([^']*)'/g,
        (_, double?: string, single?: string) => double ?? single ?? '',
      ),
    );
    end = pattern.lastIndex;
  }
  return text.slice(end).trim() === '' ? words : undefined;
}
