import { type Verdict, judge } from './firmware-states';
import { judgeSoftware } from './software-states';

/** Where a package goes on a board: the resources of one instance of object 5, 9 or 33629. */
export interface PackageTarget {
  readonly objectId: number;
  /** Takes the package by push. */
  readonly package: string;
  /** Takes the URI that the board pulls from. */
  readonly uri: string;
  readonly state: string;
  readonly result: string;
  /** Cancels what was downloaded, where the object has that. */
  readonly cancel?: string;
  /** What State and result mean while the package goes over. */
  judge(state: number, result: number): Verdict;
}

/** Object 5, or an instance of object 33629, whose first resources are the same. */
export function firmwareTarget(objectId = 5, instance = 0): PackageTarget {
  const root = `/${objectId}/${instance}`;
  return {
    objectId,
    package: `${root}/0`,
    uri: `${root}/1`,
    state: `${root}/3`,
    result: `${root}/5`,
    cancel: `${root}/10`,
    judge: (state, result) => judge('for-download', state, result),
  };
}

/** An instance of object 9 (OMA LWM2M_SwMgmt, appendix A). */
export function softwareTarget(instance: number): PackageTarget {
  const root = `/9/${instance}`;
  return {
    objectId: 9,
    package: `${root}/2`,
    uri: `${root}/3`,
    state: `${root}/7`,
    result: `${root}/9`,
    judge: (state, result) => {
      const verdict = judgeSoftware('deliver', { state, result, active: undefined });
      return verdict === 'done' ? 'downloaded' : verdict;
    },
  };
}
