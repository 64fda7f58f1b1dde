/** Objlnk (LwM2M Core, appendix C): `MAX:MAX` (65535:65535) is the null link. */
export interface ObjectLink {
  readonly objectId: number;
  readonly instanceId: number;
}

/** A single value: String, Integer/Unsigned (bigint past 2^53), Float, Boolean, Time, Opaque, Objlnk. */
export type ResourceValue = string | number | bigint | boolean | Date | Uint8Array | ObjectLink;

/**
 * What a read yields: one entry per value, keyed by its path. `/3/0/0` for a single-instance resource,
 * `/3/0/7/1` for an instance of a multiple-instance resource.
 */
export type ResourceValues = ReadonlyMap<string, ResourceValue>;
