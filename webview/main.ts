import { openPage } from './page';
import { createPanel } from './panel';

openPage(createPanel, ['state']);
