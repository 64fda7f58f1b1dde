import { registerComponents } from '../components';
import { connectTraceHost } from './host';
import { createTracePage } from './trace-page';

registerComponents();
const host = connectTraceHost();
const page = createTracePage(host);
document.body.append(page.element);
host.onMessage((message) => page.hear(message));
host.send({ type: 'ready' });
