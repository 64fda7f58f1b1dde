import type { SlipwayError } from '../base/errors';
import type { Link } from '../link/link';
import type { Board } from '../lwm2m/board';
import type { BootstrapState } from '../lwm2m/bootstrap-server';
import type { BoardJob, UpdateJob } from '../update/types';
import type { ResourceSource } from './resource-access';

/** What is shown of a board. */
export type ShownBoard = Pick<
  Board,
  'endpoint' | 'link' | 'registration' | 'online' | 'sleep' | 'values' | 'instancesOf' | 'hasObject'
>;

/** What is shown of a link. */
export type ShownLink = Pick<Link, 'id' | 'kind' | 'state' | 'error'>;

/** A board that is a program: a virtual one of this window, or firmware on an emulated machine. */
export type StandIn = 'virtual' | 'emulated';

/** What the tree is made from. */
export interface BoardsSource {
  readonly boards: ReadonlyMap<string, ShownBoard>;
  /** What became of boards that asked for a bootstrap, by endpoint name. */
  readonly bootstraps: ReadonlyMap<string, BootstrapState>;
  /** Links that were asked for, with a board on them or not. */
  readonly links: readonly ShownLink[];
  jobOf(board: string): Pick<UpdateJob, 'progress'> | undefined;
  /** What is under way with an instance of object 9. */
  softwareJobOf(board: string, instance: number): Pick<BoardJob, 'progress'> | undefined;
  /** Why the values of that object could not be read, if so. */
  readError(board: string, objectId: number): SlipwayError | undefined;
  /** Objects that are read when somebody looks at them. */
  readonly resources: ResourceSource;
  /** What stands in for a board at the other end of that link; undefined where a real one may be. */
  standIn(link: string): StandIn | undefined;
}
