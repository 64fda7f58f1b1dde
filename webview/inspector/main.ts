import { openPage } from '../page';
import { createInspector } from './inspector';

openPage(createInspector, ['file', 'bytes']);
