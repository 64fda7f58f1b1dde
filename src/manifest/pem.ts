import { SlipwayError } from '../base/errors';

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, each a PEM by itself. `name` names it to people. Errors: `key.unreadable`. */
export function certificatesOfPem(text: string, name: string): readonly string[] {
  const found = text.match(certificate);
  if (!found) throw new SlipwayError('key.unreadable', { key: name, reason: 'not a PEM certificate' });
  return found;
}
