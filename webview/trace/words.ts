/** What the trace's page itself says. All else comes from the extension, in the user's language. */
export const words = {
  title: 'Trace',
  board: 'Board',
  allBoards: 'All boards',
  filter: 'Filter',
  filterHint: 'Path, code, type…',
  pause: 'Pause',
  resume: 'Resume',
  pauseTitle: 'Stop adding messages to the list; they are still recorded',
  clear: 'Clear',
  clearTitle: 'Forget all messages recorded so far',
  export: 'Export…',
  exportTitle: 'Write these boards’ messages, without keys and passwords, to a pcapng file for Wireshark',
  messages: 'Messages',
  columns: ['Time', '', 'Board', 'Type', 'Code', 'Path', 'Size', 'Round trip'],
  sent: 'to the board',
  received: 'from the board',
  repeated: 'sent again',
  none: 'No message yet. Everything that boards and Slipway say to each other appears here.',
  noneFits: 'No message fits the filter.',
  details: 'Details',
  choose: 'Choose a message to see its options, its payload and its bytes.',
  payload: 'Payload',
  options: 'Options',
  message: 'Message',
} as const;

/** `1 message`, `17 of 1204 messages`; with what waits while paused, and what is still being read. */
export function countText(shown: number, all: number, waiting: number, behind: number): string {
  const messages = all === 1 ? 'message' : 'messages';
  return [
    shown === all ? `${all} ${messages}` : `${shown} of ${all} ${messages}`,
    ...(waiting > 0 ? [`${waiting} more since the pause`] : []),
    ...(behind > 0 ? [`${behind} being read`] : []),
  ].join(', ');
}
