import { decodeUtf8, malformed } from './malformed';

const FORMAT = 'link format';

/** One link (RFC 6690 §2): its target as written, and its attributes; those without a value are `true`. */
export interface CoreLink {
  readonly target: string;
  readonly attributes: Readonly<Record<string, string | true>>;
}

/** Parses a link list, Content-Format 40. An empty payload has no links. Throws `lwm2m.malformed`. */
export function decodeLinkFormat(payload: Uint8Array): readonly CoreLink[] {
  const text = decodeUtf8(FORMAT, payload);
  const scanner = new Scanner(text);
  const links: CoreLink[] = [];
  scanner.skipSpace();
  if (scanner.atEnd()) return links;
  for (;;) {
    links.push(scanner.link());
    scanner.skipSpace();
    if (scanner.atEnd()) return links;
    scanner.expect(',');
    scanner.skipSpace();
  }
}

/** Writes a link list. Values that are not plain tokens are quoted. */
export function encodeLinkFormat(links: readonly CoreLink[]): Uint8Array {
  const text = links.map(({ target, attributes }) => {
    const parts = Object.entries(attributes).map(([name, value]) =>
      value === true ? name : `${name}=${isToken(value) ? value : quote(value)}`,
    );
    return [`<${target}>`, ...parts].join(';');
  });
  return Buffer.from(text.join(','), 'utf8');
}

function isToken(value: string): boolean {
  return /^[\w!#$%&'*+.^`|~/:@-]+$/.test(value);
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

class Scanner {
  private position = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Boards put spaces and line breaks between links and attributes, which RFC 6690 does not have. */
  skipSpace(): void {
    this.take(/[ \t\r\n]*/y);
  }

  expect(character: string): void {
    if (this.text[this.position] !== character) {
      throw malformed(FORMAT, `no ${character} at ${this.position}`);
    }
    this.position++;
  }

  link(): CoreLink {
    this.expect('<');
    const target = this.take(/[^<>"\s]*/y);
    this.expect('>');
    const attributes = new Map<string, string | true>();
    this.skipSpace();
    while (this.text[this.position] === ';') {
      this.position++;
      this.skipSpace();
      const [name, value] = this.attribute();
      // RFC 6690 §2.2 forbids a second of a name; the first one counts.
      if (!attributes.has(name)) attributes.set(name, value);
      this.skipSpace();
    }
    return { target, attributes: Object.fromEntries(attributes) };
  }

  private attribute(): readonly [string, string | true] {
    const name = this.take(/[^\s;,="<>]+/y);
    if (name === '') throw malformed(FORMAT, `no attribute at ${this.position}`);
    this.skipSpace();
    if (this.text[this.position] !== '=') return [name, true];
    this.position++;
    this.skipSpace();
    return [name, this.text[this.position] === '"' ? this.quoted() : this.take(/[^\s;,"<>]*/y)];
  }

  private quoted(): string {
    this.position++;
    let value = '';
    for (;;) {
      value += this.take(/[^"\\]*/y);
      const character = this.text[this.position++];
      if (character === '"') return value;
      const escaped = this.text[this.position++];
      if (escaped === undefined) throw malformed(FORMAT, 'a string without an end');
      value += escaped;
    }
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }
}
