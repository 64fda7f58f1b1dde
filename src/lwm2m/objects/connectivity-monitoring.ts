import { defineObject, resource } from './definition';

/** Cellular 0–20, other wireless 21–40, wireline 41–50. */
const networkBearers = {
  0: 'GSM',
  1: 'TD-SCDMA',
  2: 'WCDMA',
  3: 'CDMA2000',
  4: 'WiMAX',
  5: 'LTE-TDD',
  6: 'LTE-FDD',
  7: 'NB-IoT',
  8: '5G-NR TDD',
  9: '5G-NR FDD',
  21: 'WLAN',
  22: 'Bluetooth',
  23: 'IEEE 802.15.4',
  41: 'Ethernet',
  42: 'DSL',
  43: 'PLC',
};

/** LwM2M Core, appendix E.5; OMA registry 4.xml. */
export const connectivityMonitoring = defineObject(
  { id: 4, name: 'Connectivity Monitoring', version: '1.3', multiple: false, mandatory: false },
  [
    resource(0, 'Network Bearer', 'R', 'integer', {
      mandatory: true,
      range: [0, 50],
      values: networkBearers,
    }),
    resource(1, 'Available Network Bearer', 'R', 'integer', {
      multiple: true,
      mandatory: true,
      range: [0, 50],
      values: networkBearers,
    }),
    resource(2, 'Radio Signal Strength', 'R', 'integer', { mandatory: true, units: 'dBm' }),
    resource(3, 'Link Quality', 'R', 'integer'),
    resource(4, 'IP Addresses', 'R', 'string', { multiple: true, mandatory: true }),
    resource(5, 'Router IP Addresses', 'R', 'string', { multiple: true }),
    resource(6, 'Link Utilization', 'R', 'integer', { range: [0, 100], units: '/100' }),
    resource(7, 'APN', 'R', 'string', { multiple: true }),
    resource(8, 'Cell ID', 'R', 'integer'),
    resource(9, 'SMNC', 'R', 'integer', { range: [0, 999], description: 'Serving mobile network code.' }),
    resource(10, 'SMCC', 'R', 'integer', { range: [0, 999], description: 'Serving mobile country code.' }),
    resource(11, 'SignalSNR', 'R', 'integer', { units: 'dB' }),
    resource(12, 'LAC', 'R', 'integer', { description: 'Location area code.' }),
    resource(13, 'Coverage Enhancement Level', 'R', 'integer', {
      range: [0, 4],
      values: { 0: 'None', 1: 'Level 0', 2: 'Level 1', 3: 'Level 2', 4: 'Level 3' },
    }),
  ],
);
