import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { CoapReply, IncomingRequest } from '../coap/endpoint';
import { ContentFormat, decodeContent, decodePaths, encodeContent } from '../lwm2m/content-format';
import { type CoreLink, encodeLinkFormat } from '../lwm2m/formats/link-format';
import { resourceDefinition } from '../lwm2m/objects/objects';
import { MAX_ID, isWithin, pathIds } from '../lwm2m/path';
import type { ResourceValue } from '../lwm2m/values';
import { AttributeStore } from './attributes';
import type { BoardObject, InstanceValues, Outcome } from './board-object';
import { Observations } from './observations';

const formatsOfAnyLevel: readonly number[] = [
  ContentFormat.tlv,
  ContentFormat.senmlCbor,
  ContentFormat.senmlJson,
];
const formatsOfComposites: readonly number[] = [ContentFormat.senmlCbor, ContentFormat.senmlJson];
const formatsOfOneValue: readonly number[] = [ContentFormat.text, ContentFormat.cbor, ContentFormat.opaque];

/** Answers the server's operations (LwM2M Core §6.3) from the board's objects. */
export class ObjectTree {
  readonly observations: Observations;
  private readonly objects: ReadonlyMap<number, BoardObject>;
  private readonly attributes = new AttributeStore();

  constructor(objects: readonly BoardObject[], loseNotifications: boolean, clock: Clock) {
    this.objects = new Map(objects.map((object) => [object.id, object]));
    this.observations = new Observations((path, accept) => this.read(path, accept), loseNotifications, {
      clock,
      attributesOf: (path) => this.attributes.effective(path),
      numberAt: (path) => {
        const value = this.valuesAt(path).get(path);
        return typeof value === 'number' ? value : undefined;
      },
    });
    for (const object of objects) {
      object.onDidChange((paths) => this.observations.changed(paths.map((path) => `/${object.id}${path}`)));
    }
  }

  /** The link list of a registration (LwM2M Core §6.2.1). */
  links(): Uint8Array {
    const links: CoreLink[] = [{ target: '/', attributes: { rt: 'oma.lwm2m', ct: '110 112 11542' } }];
    for (const { id, version, instances } of this.objects.values()) {
      if (version !== undefined) links.push({ target: `/${id}`, attributes: { ver: version } });
      for (const instance of instances) links.push({ target: `/${id}/${instance}`, attributes: {} });
    }
    return encodeLinkFormat(links);
  }

  /** What a Send of those paths carries, in SenML CBOR (LwM2M Core §6.4.6). */
  content(paths: readonly string[]): Uint8Array {
    const values = new Map(paths.flatMap((path) => [...this.valuesAt(path)]));
    return encodeContent(ContentFormat.senmlCbor, '/', values, resourceDefinition);
  }

  dispose(): void {
    this.observations.dispose();
  }

  async handle(request: IncomingRequest): Promise<CoapReply> {
    const ids = pathIds(request.path);
    if (!ids) return { code: '4.04' };
    if (ids.length === 0 && request.method !== 'FETCH' && request.method !== 'iPATCH') {
      return { code: '4.04' };
    }
    // The Security object is for the bootstrap server alone (LwM2M Core, appendix E.1).
    if (ids[0] === 0) return { code: '4.01' };
    if (ids.length > 0 && !this.exists(ids)) return { code: '4.04' };
    try {
      switch (request.method) {
        case 'GET':
          return this.get(request);
        case 'PUT':
          return await this.put(request, ids);
        case 'POST':
          return await this.post(request, ids);
        case 'DELETE':
          return this.delete(ids);
        case 'FETCH':
          return ids.length === 0 ? this.readComposite(request) : { code: '4.05' };
        case 'iPATCH':
          return ids.length === 0 ? await this.writeComposite(request) : { code: '4.05' };
        default:
          return { code: '4.05' };
      }
    } catch (error) {
      if (SlipwayError.is(error, 'lwm2m.unsupported-format')) return { code: '4.15' };
      if (SlipwayError.is(error, 'lwm2m.malformed')) {
        return { code: '4.00', payload: Buffer.from(error.details.reason) };
      }
      throw error;
    }
  }

  private exists([objectId = 0, instanceId, resourceId, resourceInstanceId]: readonly number[]): boolean {
    const object = this.objects.get(objectId);
    if (!object) return false;
    if (instanceId !== undefined && !object.instances.includes(instanceId)) return false;
    if (resourceId === undefined) return true;
    if (!object.resources.includes(resourceId)) return false;
    return resourceInstanceId === undefined || !!resourceDefinition(objectId, resourceId)?.multiple;
  }

  private get(request: IncomingRequest): CoapReply {
    const { path, accept, observer, cancelsObservation } = request;
    if (accept === ContentFormat.linkFormat) return this.discover(path);
    if (cancelsObservation) this.observations.cancel(request.peer, path);
    const reply = this.read(path, accept);
    if (observer && reply.code === '2.05') this.observations.add(path, accept, observer, request.peer);
    return reply;
  }

  private read(path: string, accept: number | undefined): CoapReply {
    const ids = pathIds(path) ?? [];
    const [objectId = 0, , resourceId] = ids;
    if (resourceId !== undefined && !this.isReadable(objectId, resourceId)) return { code: '4.05' };
    const values = this.valuesAt(path);
    if (values.size === 0 && resourceId !== undefined) return { code: '4.04' };
    const single = resourceId !== undefined && values.size === 1 && values.has(path);
    const format = accept ?? (single ? ContentFormat.text : ContentFormat.tlv);
    if (!formatsOfAnyLevel.includes(format) && !(single && formatsOfOneValue.includes(format))) {
      return { code: '4.06' };
    }
    try {
      return {
        code: '2.05',
        contentFormat: format,
        payload: encodeContent(format, path, values, resourceDefinition),
      };
    } catch (error) {
      if (SlipwayError.is(error, 'lwm2m.bad-value')) return { code: '4.06' };
      throw error;
    }
  }

  private valuesAt(path: string): ReadonlyMap<string, ResourceValue> {
    const values = new Map<string, ResourceValue>();
    for (const object of this.objects.values()) {
      for (const instance of object.instances) {
        const root = `/${object.id}/${instance}`;
        if (!isWithin(root, path) && !isWithin(path, root)) continue;
        for (const [key, value] of object.read(instance)) {
          const at = `${root}/${key}`;
          if (isWithin(at, path) && this.isReadable(object.id, Number(key.split('/')[0]))) {
            values.set(at, value);
          }
        }
      }
    }
    return values;
  }

  private isReadable(objectId: number, resourceId: number): boolean {
    return resourceDefinition(objectId, resourceId)?.operations.includes('R') ?? false;
  }

  private discover(path: string): CoapReply {
    const links: CoreLink[] = [];
    for (const object of this.objects.values()) {
      const paths = [
        `/${object.id}`,
        ...object.instances.flatMap((instance) => [
          `/${object.id}/${instance}`,
          ...object.resources.map((resource) => `/${object.id}/${instance}/${resource}`),
        ]),
      ];
      for (const target of paths) {
        if (isWithin(target, path)) links.push({ target, attributes: this.attributesOf(target, object) });
      }
    }
    return { code: '2.05', contentFormat: ContentFormat.linkFormat, payload: encodeLinkFormat(links) };
  }

  private attributesOf(target: string, object: BoardObject): Record<string, string> {
    const version = target === `/${object.id}` && object.version !== undefined ? { ver: object.version } : {};
    return { ...version, ...Object.fromEntries(this.attributes.at(target)) };
  }

  private async put(request: IncomingRequest, ids: readonly number[]): Promise<CoapReply> {
    const isAttributes = request.payload.length === 0 && request.contentFormat === undefined;
    if (isAttributes) return this.writeAttributes(request);
    return this.write(request, ids);
  }

  private async post(request: IncomingRequest, ids: readonly number[]): Promise<CoapReply> {
    const [objectId = 0, instanceId = 0, resourceId] = ids;
    const target = this.objects.get(objectId);
    if (ids.length === 1 && target) return this.create(request, target);
    if (resourceId === undefined) return this.write(request, ids);
    if (resourceDefinition(objectId, resourceId)?.operations !== 'E') {
      // Without a Content-Format it is an Execute, and an empty one must not pass for an empty value.
      return request.contentFormat === undefined ? { code: '4.05' } : this.write(request, ids);
    }
    const args = Buffer.from(request.payload).toString('utf8');
    if (!/^(?:\d(?:='[^']*')?(?:,\d(?:='[^']*')?)*)?$/.test(args)) return { code: '4.00' };
    const object = this.objects.get(objectId);
    return toReply((await object?.execute(instanceId, resourceId, args)) ?? { code: '4.04' });
  }

  private async write(request: IncomingRequest, ids: readonly number[]): Promise<CoapReply> {
    if (ids.length < 2) return { code: '4.05' };
    const values = decodeContent(request.contentFormat, request.path, request.payload, resourceDefinition);
    if (values.size === 0) return { code: '4.00' };
    for (const path of values.keys()) {
      if (!isWithin(path, request.path) || !this.exists(pathIds(path) ?? [])) return { code: '4.04' };
    }
    const [objectId = 0, instanceId = 0] = ids;
    const object = this.objects.get(objectId);
    if (request.method === 'PUT' && ids.length === 2 && object?.replace) {
      return toReply(object.replace(instanceId, below(values, request.path)));
    }
    return await this.writeValues(values);
  }

  private async writeValues(values: ReadonlyMap<string, ResourceValue>): Promise<CoapReply> {
    let outcome: Outcome = { code: '4.00' };
    for (const [path, value] of values) {
      const [objectId = 0, instanceId = 0, resourceId = 0, part] = pathIds(path) ?? [];
      const object = this.objects.get(objectId);
      outcome = (await object?.write(instanceId, resourceId, value, part)) ?? { code: '4.04' };
      if (!outcome.code.startsWith('2.')) break;
    }
    return toReply(outcome);
  }

  private writeAttributes({ path, query }: IncomingRequest): CoapReply {
    if (!this.attributes.write(path, query)) return { code: '4.00' };
    this.observations.attributesChanged(path);
    return { code: '2.04' };
  }

  /** Read-Composite and Observe-Composite (LwM2M Core §6.3.9, §6.4.4): what is there of what is asked for. */
  private readComposite(request: IncomingRequest): CoapReply {
    const { contentFormat, payload, observer, cancelsObservation, peer } = request;
    const format = request.accept ?? contentFormat ?? ContentFormat.senmlCbor;
    const paths = decodePaths(contentFormat, payload);
    if (paths.some((path) => pathIds(path)?.[0] === 0)) return { code: '4.01' };
    const read = (): CoapReply => {
      const values = new Map(paths.flatMap((path) => [...this.valuesAt(path)]));
      return {
        code: '2.05',
        contentFormat: format,
        payload: encodeContent(format, '/', values, resourceDefinition),
      };
    };
    if (!formatsOfComposites.includes(format)) return { code: '4.06' };
    if (cancelsObservation) this.observations.cancel(peer, paths.join(' '));
    if (observer) this.observations.addComposite(paths, read, observer, peer);
    return read();
  }

  /** Write-Composite (LwM2M Core §6.3.10): nothing is written where one part can't be. */
  private async writeComposite({ contentFormat, payload }: IncomingRequest): Promise<CoapReply> {
    if (!formatsOfComposites.includes(contentFormat ?? -1)) return { code: '4.15' };
    const values = decodeContent(contentFormat, '/', payload, resourceDefinition);
    for (const path of values.keys()) {
      const ids = pathIds(path) ?? [];
      const [objectId = 0, , resourceId = 0] = ids;
      if (objectId === 0) return { code: '4.01' };
      if (!this.exists(ids)) return { code: '4.04' };
      if (!resourceDefinition(objectId, resourceId)?.operations.includes('W')) return { code: '4.05' };
    }
    return await this.writeValues(values);
  }

  private create(request: IncomingRequest, object: BoardObject): CoapReply {
    if (!object.create) return { code: '4.05' };
    const { contentFormat, path, payload } = request;
    // Bare resources in TLV name no instance: they are read as those of one that does not exist yet.
    const named = contentFormat !== ContentFormat.tlv || (payload[0] ?? 0) >> 6 === 0;
    const free = `${path}/${MAX_ID}`;
    const values = decodeContent(contentFormat, named ? path : free, payload, resourceDefinition);
    const instances = new Set([...values.keys()].map((at) => pathIds(at)?.[1]));
    const [instance] = instances;
    if (instances.size !== 1 || instance === undefined) return { code: '4.00' };
    const wished = named ? instance : undefined;
    const outcome = object.create(wished, below(values, `${path}/${instance}`));
    return {
      ...toReply(outcome),
      ...(outcome.instance !== undefined && { locationPath: `${path}/${outcome.instance}` }),
    };
  }

  private delete([objectId = 0, instanceId, resourceId]: readonly number[]): CoapReply {
    const object = this.objects.get(objectId);
    if (!object?.delete || instanceId === undefined || resourceId !== undefined) return { code: '4.05' };
    return toReply(object.delete(instanceId));
  }
}

/** Values by their path below an instance. */
function below(values: ReadonlyMap<string, ResourceValue>, instance: string): InstanceValues {
  return new Map([...values].map(([path, value]) => [path.slice(instance.length + 1), value]));
}

function toReply({ code, diagnostic }: Outcome): CoapReply {
  return diagnostic === undefined ? { code } : { code, payload: Buffer.from(diagnostic, 'utf8') };
}
