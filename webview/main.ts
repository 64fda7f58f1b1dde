import { registerComponents } from './components';
import { connectHost } from './host';
import { createPanel } from './panel';

registerComponents();
const host = connectHost();
const panel = createPanel(host);
document.body.append(panel.element);
host.onState((state) => panel.show(state));
host.send({ type: 'ready' });
