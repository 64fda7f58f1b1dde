import { openPage } from '../page';
import { createTracePage } from './trace-page';

openPage(createTracePage, ['rows', 'details', 'board']);
