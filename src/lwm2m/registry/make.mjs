// Makes registry.json from the OMA registry's own files, read from a folder of XML:
//   node src/lwm2m/registry/make.mjs FOLDER
// FOLDER is a checkout of the registry, or `models/` of the Leshan demonstration server's jar.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStringPromise } from 'xml2js';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node make.mjs FOLDER');

/** Those that src/lwm2m/objects defines itself, with the names of all their values. */
const own = new Set([0, 1, 2, 3, 4, 5, 6, 7, 9, 14, 19]);

/** As in objects/definition.ts; an executable resource has no type. */
const types = {
  String: 'string',
  Integer: 'integer',
  'Unsigned Integer': 'unsigned',
  Float: 'float',
  Boolean: 'boolean',
  Time: 'time',
  Opaque: 'opaque',
  Objlnk: 'objlnk',
  Corelnk: 'string',
  '': 'none',
};

/** Longest description that is carried, in characters. */
const maxDescription = 240;

const objects = [];
for (const file of await readdir(folder)) {
  // `10-1_0.xml` is an older version of `10.xml`.
  if (!/^\d+\.xml$/.test(file)) continue;
  const { LWM2M } = await parseStringPromise(await readFile(join(folder, file), 'utf8'), {
    explicitArray: false,
  });
  const object = objectOf(LWM2M.Object);
  if (!own.has(object.id)) objects.push(object);
}
objects.sort((a, b) => a.id - b.id);
const lines = objects.map((object) => JSON.stringify(object));
await writeFile(join(import.meta.dirname, 'registry.json'), `[\n${lines.join(',\n')}\n]\n`);

function objectOf(object) {
  const items = [object.Resources?.Item ?? []].flat();
  return {
    id: Number(object.ObjectID),
    name: words(object.Name),
    version: words(object.ObjectVersion) || '1.0',
    ...(object.MultipleInstances === 'Multiple' && { multiple: true }),
    description: shortened(words(object.Description1)),
    resources: items.map(resourceOf).sort((a, b) => a.id - b.id),
  };
}

function resourceOf(item) {
  const operations = ['R', 'W', 'RW', 'E'].includes(item.Operations) ? item.Operations : '';
  const type = operations === 'E' ? 'none' : types[words(item.Type)];
  if (type === undefined) throw new Error(`type ${item.Type}`);
  const units = words(item.Units);
  const range = type === 'none' ? undefined : rangeOf(words(item.RangeEnumeration));
  const values = type === 'integer' || type === 'unsigned' ? valuesOf(item) : undefined;
  const description = shortened(words(item.Description));
  return {
    id: Number(item.$.ID),
    name: words(item.Name),
    operations,
    type,
    ...(item.MultipleInstances === 'Multiple' && { multiple: true }),
    ...(item.Mandatory === 'Mandatory' && { mandatory: true }),
    // Some have a sentence there.
    ...(units !== '' && units.length <= 12 && { units }),
    ...(range && { range }),
    ...(description !== '' && { description }),
    ...(values && { values }),
  };
}

/** `0..100`, `1..64 bytes`, `-100.0..100.0`; others are not for a program. */
function rangeOf(text) {
  const match = /^(-?\d+(?:\.\d+)?)\s*(?:\.\.|to)\s*(-?\d+(?:\.\d+)?)(?:\s*bytes)?$/i.exec(text);
  if (!match) return undefined;
  const [low, high] = [Number(match[1]), Number(match[2])];
  return low <= high && high <= Number.MAX_SAFE_INTEGER ? [low, high] : undefined;
}

/** The names of values, where range or description lists them, each on a line: `0: Off`, `1 = On`. */
function valuesOf({ RangeEnumeration = '', Description = '' }) {
  for (const text of [RangeEnumeration, Description]) {
    const listed = String(text)
      .split(/\n|<br\s*\/?>/)
      .map((line) => /^\s*(\d{1,5})\s*(?::|=|-|–)\s*([A-Za-z][^\n]{0,60}?)[\s.,;]*$/.exec(line))
      .filter((match) => match !== null)
      .map(([, value, name]) => [value, name]);
    if (listed.length >= 2) return Object.fromEntries(listed);
  }
  return undefined;
}

function words(text) {
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').trim() : '';
}

/** Whole sentences as far as they fit; the beginning of a longer one. */
function shortened(text) {
  if (text.length <= maxDescription) return text;
  const cut = text.slice(0, maxDescription);
  const stop = cut.lastIndexOf('. ');
  return stop > 60 ? cut.slice(0, stop + 1) : `${cut.slice(0, cut.lastIndexOf(' '))} …`;
}
