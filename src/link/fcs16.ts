/** The polynomial x^16 + x^12 + x^5 + 1, bits reversed (RFC 1662 appendix C.2). */
const POLYNOMIAL = 0x8408;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ POLYNOMIAL : value >> 1;
  return value;
});

/** What `fcs16Raw` gives over data followed by their FCS (RFC 1662 appendix C.2). */
export const FCS16_GOOD = 0xf0b8;

/** The FCS register after `bytes`, neither started anew nor complemented: for checking against `FCS16_GOOD`. */
export function fcs16Raw(bytes: Uint8Array): number {
  let fcs = 0xffff;
  for (const byte of bytes) fcs = (fcs >> 8) ^ TABLE[(fcs ^ byte) & 0xff]!;
  return fcs;
}

/** Frame check sequence of `bytes` (RFC 1662 appendix C.2); it goes over the line low byte first. */
export function fcs16(bytes: Uint8Array): number {
  return fcs16Raw(bytes) ^ 0xffff;
}
