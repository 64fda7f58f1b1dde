import type { LinkKind, LinkState } from '../../../src/link/link';
import type { Registration } from '../../../src/lwm2m/board';
import type { BootstrapState } from '../../../src/lwm2m/bootstrap-server';
import type { SleepState } from '../../../src/lwm2m/queue-mode';
import type { ResourceValue } from '../../../src/lwm2m/values';
import type { SlipwayError } from '../../../src/base/errors';
import type { ResourceSource } from '../../../src/ui/resource-access';
import type { BoardsSource, ShownBoard, ShownLink } from '../../../src/ui/boards-source';
import type { UpdateProgress, UpdateRecord } from '../../../src/update/types';

export interface BoardWish {
  readonly name?: string;
  readonly online?: boolean;
  readonly link?: string;
  readonly kind?: LinkKind;
  readonly state?: LinkState;
  readonly sleep?: SleepState;
  readonly objects?: Readonly<Record<number, readonly number[]>>;
  readonly values?: Readonly<Record<string, ResourceValue>>;
}

/** A board as the view sees it, with no server behind it. */
export function shownBoard(wish: BoardWish = {}): ShownBoard {
  const { name = 'desk-1', online = true, kind = 'serial', objects = { 3: [0], 5: [0] }, values = {} } = wish;
  const registration: Registration = {
    id: '1',
    endpoint: name,
    lifetime: 300,
    lwm2mVersion: '1.1',
    binding: 'U',
    queueMode: false,
    rootPath: '/',
    objects: Object.entries(objects).map(([id, instances]) => ({ objectId: Number(id), instances })),
    contentFormats: [],
    peer: { address: '127.0.0.1', port: 5683 },
    registeredAt: 0,
    updatedAt: 0,
  };
  return {
    endpoint: name,
    link: { id: wish.link ?? 'serial:/dev/ttyUSB0', kind, state: wish.state ?? 'open' } as ShownBoard['link'],
    registration,
    online,
    sleep: wish.sleep,
    values: new Map(Object.entries(values)),
    instancesOf: (objectId) => objects[objectId] ?? [],
    hasObject: (objectId) => objectId in objects,
  };
}

export interface SourceWish {
  readonly boards?: readonly ShownBoard[];
  readonly links?: readonly ShownLink[];
  readonly bootstraps?: readonly BootstrapState[];
  readonly progress?: Readonly<Record<string, UpdateProgress>>;
  /** By `board instance`. */
  readonly software?: Readonly<Record<string, UpdateProgress>>;
  readonly error?: SlipwayError;
  readonly resources?: Partial<ResourceSource>;
}

const nothingDiscovered: ResourceSource = {
  discovered: () => undefined,
  problem: () => undefined,
  isRead: () => false,
  isObserved: () => false,
  isUpdating: () => false,
  open: () => {},
};

export function boardsSource({
  boards = [],
  links = [],
  bootstraps = [],
  progress = {},
  software = {},
  error,
  resources,
}: SourceWish = {}): BoardsSource {
  return {
    boards: new Map(boards.map((board) => [board.endpoint, board])),
    bootstraps: new Map(bootstraps.map((state) => [state.endpoint, state])),
    links,
    jobOf: (board) => (progress[board] ? { progress: progress[board] } : undefined),
    softwareJobOf: (board, instance) => {
      const running = software[`${board} ${instance}`];
      return running && { progress: running };
    },
    readError: () => error,
    resources: { ...nothingDiscovered, ...resources },
    standIn: (link) => (link.startsWith('memory:') ? 'virtual' : undefined),
  };
}

export function updateProgress(some: Partial<UpdateProgress> = {}): UpdateProgress {
  return {
    phase: 'push',
    bytesSent: 430,
    bytesTotal: 1000,
    bytesPerSecond: 11_200,
    retransmissions: 0,
    ...some,
  };
}

export function updateRecord(some: Partial<UpdateRecord> = {}): UpdateRecord {
  return {
    id: 'run-1',
    board: 'desk-1',
    link: 'serial:/dev/ttyUSB0',
    packageName: 'firmware.suit',
    sha256: 'ab'.repeat(32),
    fromVersion: '1.0.0',
    toVersion: '1.0.1',
    bytes: 66_197,
    startedAt: '2026-05-04T12:00:00.000Z',
    durationMs: 13_000,
    bytesPerSecond: 5500,
    retransmissions: 0,
    outcome: 'succeeded',
    phase: 'done',
    ...some,
  };
}
