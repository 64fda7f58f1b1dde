import { registerComponents } from '../components';
import { connectInspectorHost } from './host';
import { createInspector } from './inspector';

registerComponents();
const host = connectInspectorHost();
const inspector = createInspector(host);
document.body.append(inspector.element);
host.onMessage((message) => inspector.hear(message));
host.send({ type: 'ready' });
