/**
 * The extension host has Electron's BoringSSL in place of Node's OpenSSL. What the unit tests show of keys, signatures,
 * certificates, MACs and encryption has to hold on it as well: the same tests, through the same code, run here again.
 */
import '../../unit/image/mcuboot/create.test';
import '../../unit/image/mcuboot/verify.test';
import '../../unit/manifest/chain-status.test';
import '../../unit/manifest/cose-symmetric.test';
import '../../unit/manifest/cose.test';
import '../../unit/manifest/key-export.test';
import '../../unit/manifest/key-import.test';
import '../../unit/manifest/key-store.test';
import '../../unit/manifest/x5chain.test';
