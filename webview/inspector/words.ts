/** What the inspector's page itself says. All else comes from the extension, in the user's language. */
export const words = {
  checks: 'What the bootloader will do',
  fields: 'Fields',
  field: 'Field',
  place: 'Offset',
  length: 'Bytes',
  bytes: 'Bytes',
  nothingSelected: 'Choose a field, or a byte, to see what belongs together.',
  notInFile: 'not in the file as such',
  openDefault: 'Open in Default Editor',
  openDefaultTitle: 'Show this file in VS Code’s own editor',
  loading: 'Waiting for the extension …',
} as const;
