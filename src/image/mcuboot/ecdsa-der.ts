/**
 * ECDSA signatures as an image carries them, `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 §2.2.3)
 * in DER, and as a signer gives them, r‖s of fixed width (IEEE P1363).
 */
export function ecdsaToDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  const body = [...integer(signature.subarray(0, half)), ...integer(signature.subarray(half))];
  // Two integers of P-384 have 102 bytes at most: the short form of the length always does.
  return Uint8Array.from([0x30, body.length, ...body]);
}

/** Undefined for anything that isn't the one DER form of two integers of at most `width` bytes. */
export function ecdsaFromDer(der: Uint8Array, width: number): Uint8Array | undefined {
  const signature = new Uint8Array(2 * width);
  let at = 2;
  for (const end of [width, 2 * width]) {
    const length = der[at + 1] ?? 0;
    const magnitude = der.subarray(at + 2, at + 2 + length);
    const digits = magnitude[0] === 0 ? magnitude.subarray(1) : magnitude;
    if (digits.length > width) return undefined;
    signature.set(digits, end - digits.length);
    at += 2 + length;
  }
  // Whatever was written in another way than we would, or has more behind it, comes out different.
  return Buffer.compare(ecdsaToDer(signature), der) === 0 ? signature : undefined;
}

function integer(magnitude: Uint8Array): number[] {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? [0] : [...magnitude.subarray(first)];
  if (digits[0]! >= 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}
