import { SlipwayError } from '../base/errors';
import { type NotificationAttributes, attributesQuery } from '../lwm2m/notification-attributes';

/** Attributes of notifications that a user may set, in the order of LwM2M Core §7.3.2. */
const names = ['pmin', 'pmax', 'gt', 'lt', 'st', 'epmin', 'epmax', 'edge', 'con', 'hqmax'] as const;

/** Those among the attributes of a link, as they are typed: `pmin=5 pmax=60`. */
export function attributesText(attributes: Readonly<Record<string, string | true>>): string {
  return names
    .filter((name) => typeof attributes[name] === 'string')
    .map((name) => `${name}=${String(attributes[name])}`)
    .join(' ');
}

/** What was typed, and what there was before and is taken away. Throws `lwm2m.bad-value`. */
export function parseAttributes(path: string, text: string, before: string): NotificationAttributes {
  const wanted = entries(path, text);
  const gone = [...entries(path, before).keys()].filter((name) => !wanted.has(name));
  const attributes: NotificationAttributes = Object.fromEntries([
    ...wanted,
    ...gone.map((name) => [name, null] as const),
  ]);
  attributesQuery(path, attributes);
  return attributes;
}

function entries(path: string, text: string): Map<(typeof names)[number], number> {
  const fail = (reason: string): never => {
    throw new SlipwayError('lwm2m.bad-value', { path, reason });
  };
  const parts = text.split(/[\s,;&]+/).filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [, name, value] = /^([a-z]+)=(-?\d+(?:\.\d+)?)$/.exec(part) ?? fail(`${part} is not name=number`);
      const known =
        names.find((candidate) => candidate === name) ?? fail(`${name} is none of ${names.join(', ')}`);
      return [known, Number(value)];
    }),
  );
}
