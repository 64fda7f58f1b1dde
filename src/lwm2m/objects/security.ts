import { defineObject, resource } from './definition';

const TLS_CODE_POINT = [0, 65535] as const;

/** LwM2M Core, appendix E.1; OMA registry 0.xml. */
export const security = defineObject(
  { id: 0, name: 'LwM2M Security', version: '1.2', multiple: true, mandatory: true },
  [
    resource(0, 'LwM2M Server URI', '', 'string', { mandatory: true, range: [0, 255] }),
    resource(1, 'Bootstrap-Server', '', 'boolean', { mandatory: true }),
    resource(2, 'Security Mode', '', 'integer', {
      mandatory: true,
      range: [0, 4],
      values: {
        0: 'Pre-shared key',
        1: 'Raw public key',
        2: 'Certificate',
        3: 'No security',
        4: 'Certificate with EST',
      },
    }),
    resource(3, 'Public Key or Identity', '', 'opaque', { mandatory: true }),
    resource(4, 'Server Public Key', '', 'opaque', { mandatory: true }),
    resource(5, 'Secret Key', '', 'opaque', { mandatory: true }),
    resource(6, 'SMS Security Mode', '', 'integer', {
      range: [0, 255],
      values: { 1: 'DTLS with pre-shared key', 2: 'Secure packet structure', 3: 'No security' },
    }),
    resource(7, 'SMS Binding Key Parameters', '', 'opaque', { range: [6, 6] }),
    resource(8, 'SMS Binding Secret Key(s)', '', 'opaque', { range: [16, 48] }),
    resource(9, 'LwM2M Server SMS Number', '', 'string'),
    resource(10, 'Short Server ID', '', 'integer', { range: [1, 65534] }),
    resource(11, 'Client Hold Off Time', '', 'integer', { units: 's' }),
    resource(12, 'Bootstrap-Server Account Timeout', '', 'integer', { units: 's' }),
    resource(13, 'Matching Type', '', 'unsigned', {
      range: [0, 3],
      values: { 0: 'Exact match', 1: 'SHA-256', 2: 'SHA-384', 3: 'SHA-512' },
    }),
    resource(14, 'SNI', '', 'string'),
    resource(15, 'Certificate Usage', '', 'unsigned', {
      range: [0, 3],
      values: {
        0: 'CA constraint',
        1: 'Service certificate constraint',
        2: 'Trust anchor assertion',
        3: 'Domain-issued certificate',
      },
    }),
    resource(16, 'DTLS/TLS Ciphersuite', '', 'unsigned', { multiple: true }),
    resource(17, 'OSCORE Security Mode', '', 'objlnk'),
    resource(18, 'Groups To Use by Client', '', 'unsigned', { multiple: true, range: TLS_CODE_POINT }),
    resource(19, 'Signature Algorithms Supported by Server', '', 'unsigned', {
      multiple: true,
      range: TLS_CODE_POINT,
    }),
    resource(20, 'Signature Algorithms To Use by Client', '', 'unsigned', {
      multiple: true,
      range: TLS_CODE_POINT,
    }),
    resource(21, 'Signature Algorithm Certs Supported by Server', '', 'unsigned', {
      multiple: true,
      range: TLS_CODE_POINT,
    }),
    resource(22, 'TLS 1.3 Features To Use by Client', '', 'unsigned', { range: TLS_CODE_POINT }),
    resource(23, 'TLS Extensions Supported by Server', '', 'unsigned', { range: TLS_CODE_POINT }),
    resource(24, 'TLS Extensions To Use by Client', '', 'unsigned', { range: TLS_CODE_POINT }),
    resource(25, 'Secondary LwM2M Server URI', '', 'string', { multiple: true, range: [0, 255] }),
    resource(26, 'MQTT Server', '', 'objlnk'),
    resource(27, 'LwM2M COSE Security', '', 'objlnk', { multiple: true }),
    resource(28, 'RDS Destination Port', '', 'integer', { range: [0, 15] }),
    resource(29, 'RDS Source Port', '', 'integer', { range: [0, 15] }),
    resource(30, 'RDS Application ID', '', 'string'),
  ],
);
