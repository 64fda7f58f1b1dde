import { SlipwayError } from '../base/errors';
import type {
  BlockUpload,
  BlockUploadOptions,
  BlockUploadResult,
  CoapRequest,
  CoapResponse,
  RequestOptions,
} from '../coap/endpoint';
import { isAbsence } from './absence';
import type { DiscoveredLink, WriteMode } from './board';
import type { BoardSession } from './board-session';
import { ContentFormat, encodeContent, encodePaths } from './content-format';
import { decodeLinkFormat } from './formats/link-format';
import { type FormatPreference, isReadRefusal, isWriteRefusal, negotiate } from './format-preference';
import { type NotificationAttributes, attributesQuery, versionOf } from './notification-attributes';
import { withoutRoot } from './object-links';
import { resourceDefinition } from './objects/objects';
import { formatPath, parsePath, pathIds } from './path';
import type { ResourceValue, ResourceValues } from './values';

/** Largest payload for one datagram; more goes by Block1 (RFC 7252 §4.6). */
const MAX_DATAGRAM_PAYLOAD = 1024;

/** The operations of a server on one board (LwM2M Core §6.3), in the formats that it takes. */
export abstract class BoardOperations {
  protected abstract readonly formats: FormatPreference;

  /** The session to send in, once the board listens. Rejects `lwm2m.offline`, `cancelled`. */
  protected abstract ready(options?: { readonly signal?: AbortSignal }): Promise<BoardSession>;

  /** Keeps what an answer tells of `paths`. Throws `lwm2m.malformed`, `lwm2m.unsupported-format`. */
  protected abstract remember(
    session: BoardSession,
    paths: readonly string[],
    response: CoapResponse,
  ): ResourceValues;

  /** Uploads in blocks, as this board takes them. */
  protected abstract upload(
    session: BoardSession,
    upload: BlockUpload,
    options: BlockUploadOptions,
  ): Promise<BlockUploadResult>;

  /** What was at or below `path` is gone from the board. */
  protected abstract forgetValues(session: BoardSession, path: string): void;

  async read(path: string, options?: RequestOptions): Promise<ResourceValues> {
    parsePath(path);
    const session = await this.ready(options);
    const response = await negotiate(
      this.formats.forRead(path),
      (accept) => session.request({ method: 'GET', path, ...(accept !== undefined && { accept }) }, options),
      (error) => hasCode(error, isReadRefusal),
      (accept) => this.formats.readWorked(path, accept),
    );
    return this.remember(session, [path], response);
  }

  async readResource(path: string, options?: RequestOptions): Promise<ResourceValue | undefined> {
    try {
      return (await this.read(path, options)).get(path);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }

  async write(path: string, value: ResourceValue, options?: RequestOptions): Promise<void> {
    parsePath(path);
    const session = await this.ready(options);
    await negotiate(
      this.formats.forWrite(value),
      (format) => this.put(session, path, format, value, options),
      (error) => hasCode(error, isWriteRefusal),
      (format) => this.formats.writeWorked(value, format),
    );
  }

  async execute(path: string, args?: string, options?: RequestOptions): Promise<void> {
    parsePath(path);
    const session = await this.ready(options);
    await session.request(
      {
        method: 'POST',
        path,
        ...(args !== undefined && { contentFormat: ContentFormat.text, payload: Buffer.from(args, 'utf8') }),
      },
      options,
    );
  }

  async discover(path: string, options?: RequestOptions): Promise<readonly DiscoveredLink[]> {
    parsePath(path);
    const session = await this.ready(options);
    const response = await session.request(
      { method: 'GET', path, accept: ContentFormat.linkFormat },
      options,
    );
    return decodeLinkFormat(response.payload).map(({ target, attributes }) => ({
      path: withoutRoot(target, session.registration.rootPath),
      attributes,
    }));
  }

  async writeAll(
    path: string,
    values: ResourceValues,
    mode: WriteMode,
    options?: RequestOptions,
  ): Promise<void> {
    const { instanceId } = parsePath(path);
    if (instanceId === undefined) throw badPath(path, 'not the path of an instance or below');
    const session = await this.ready(options);
    const method = mode === 'replace' ? 'PUT' : 'POST';
    if (parsePath(path).resourceInstanceId !== undefined) session.needs('1.1', 'write-resource-instance');
    await negotiate(
      this.formats.forWriteAll(),
      (format) => this.send(session, method, path, format, contentOf(format, path, values), options),
      (error) => hasCode(error, isWriteRefusal),
      (format) => this.formats.writeAllWorked(format),
    );
  }

  async create(
    objectId: number,
    resources: ResourceValues,
    { instanceId, ...options }: RequestOptions & { readonly instanceId?: number } = {},
  ): Promise<number | undefined> {
    const object = formatPath([objectId]);
    parsePath(object);
    // Below instance 0 where the board chooses: bare resources in TLV name no instance.
    const instance = formatPath([objectId, instanceId ?? 0]);
    const values = new Map([...resources].map(([key, value]) => [`${instance}/${key}`, value]));
    const session = await this.ready(options);
    const formats = instanceId === undefined ? [ContentFormat.tlv] : this.formats.forWriteAll();
    const response = await negotiate(
      formats,
      (format) => {
        const payload = contentOf(format, instanceId === undefined ? instance : object, values);
        return this.send(session, 'POST', object, format, payload, options);
      },
      (error) => hasCode(error, isWriteRefusal),
      (format) => {
        if (instanceId !== undefined) this.formats.writeAllWorked(format);
      },
    );
    if (instanceId !== undefined) return instanceId;
    // The board tells which it made (LwM2M Core §6.3.7).
    return pathIds(withoutRoot(response.locationPath ?? '', session.registration.rootPath))?.[1];
  }

  async delete(path: string, options?: RequestOptions): Promise<void> {
    const { instanceId, resourceId, resourceInstanceId } = parsePath(path);
    if (instanceId === undefined || (resourceId !== undefined && resourceInstanceId === undefined)) {
      throw badPath(path, 'only instances can be deleted');
    }
    const session = await this.ready(options);
    if (resourceInstanceId !== undefined) session.needs('1.2', 'delete');
    await session.request({ method: 'DELETE', path }, options);
    this.forgetValues(session, path);
  }

  async writeAttributes(
    path: string,
    attributes: NotificationAttributes,
    options?: RequestOptions,
  ): Promise<void> {
    parsePath(path);
    const query = attributesQuery(path, attributes);
    const session = await this.ready(options);
    session.needs(versionOf(attributes), 'write-attributes');
    await session.request({ method: 'PUT', path, query }, options);
  }

  async readComposite(paths: readonly string[], options?: RequestOptions): Promise<ResourceValues> {
    const session = await this.ready(options);
    session.needs('1.1', 'read-composite');
    const response = await negotiate(
      this.formats.forComposite(),
      (format) => session.request(compositeRead(paths, format), options),
      (error) => hasCode(error, isWriteRefusal),
      (format) => this.formats.compositeWorked(format),
    );
    return this.remember(session, paths, response);
  }

  async writeComposite(values: ResourceValues, options?: RequestOptions): Promise<void> {
    const session = await this.ready(options);
    session.needs('1.1', 'write-composite');
    await negotiate(
      this.formats.forComposite(),
      (contentFormat) =>
        this.send(session, 'iPATCH', '/', contentFormat, contentOf(contentFormat, '/', values), options),
      (error) => hasCode(error, isWriteRefusal),
      (format) => this.formats.compositeWorked(format),
    );
  }

  async push(
    path: string,
    payload: Uint8Array,
    options: BlockUploadOptions & { readonly szx?: number } = {},
  ): Promise<BlockUploadResult> {
    parsePath(path);
    const { szx, ...rest } = options;
    const session = await this.ready(options);
    return this.upload(
      session,
      {
        method: 'PUT',
        path,
        contentFormat: ContentFormat.opaque,
        payload,
        ...(szx !== undefined && { szx }),
      },
      rest,
    );
  }

  private async put(
    session: BoardSession,
    path: string,
    contentFormat: number,
    value: ResourceValue,
    options: RequestOptions | undefined,
  ): Promise<void> {
    const payload = contentOf(contentFormat, path, new Map([[path, value]]));
    await this.send(session, 'PUT', path, contentFormat, payload, options);
  }

  private async send(
    session: BoardSession,
    method: 'PUT' | 'POST' | 'iPATCH',
    path: string,
    contentFormat: number,
    payload: Uint8Array,
    options: RequestOptions | undefined,
  ): Promise<CoapResponse> {
    const request = { method, path, contentFormat, payload } as const;
    if (payload.length <= MAX_DATAGRAM_PAYLOAD) return await session.request(request, options);
    const { code } = await this.upload(session, request, options?.signal ? { signal: options.signal } : {});
    return { code, payload: new Uint8Array(0) };
  }
}

function hasCode(error: unknown, test: (code: string) => boolean): boolean {
  if (SlipwayError.is(error, 'coap.response')) return test(error.details.code);
  return SlipwayError.is(error, 'block.refused') && test(error.details.code);
}

function contentOf(contentFormat: number, path: string, values: ResourceValues): Uint8Array {
  return encodeContent(contentFormat, path, values, resourceDefinition);
}

function badPath(path: string, reason: string): SlipwayError {
  return new SlipwayError('lwm2m.bad-value', { path, reason });
}

/** The request of a Read-Composite or Observe-Composite (LwM2M Core §6.3.9, §6.4.4). Throws `lwm2m.bad-value`. */
export function compositeRead(paths: readonly string[], contentFormat: number): CoapRequest {
  const payload = encodePaths(contentFormat, paths);
  if (paths.length === 0) throw badPath('/', 'no paths');
  for (const path of paths) if (path !== '/') parsePath(path);
  if (payload.length > MAX_DATAGRAM_PAYLOAD) throw badPath('/', 'more paths than one request holds');
  return { method: 'FETCH', path: '/', contentFormat, accept: contentFormat, payload };
}
