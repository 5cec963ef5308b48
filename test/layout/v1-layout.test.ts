import { V1 } from '../../src/layout/v1-layout.ts';
import { conformsTo } from './conformance.ts';

conformsTo({ layout: V1, prepare: async () => undefined, own: /$^/ });
