import { V2 } from '../../src/layout/v2-layout.ts';
import { migrateIn } from '../migrate/support.ts';
import { conformsTo } from './conformance.ts';

conformsTo({
  layout: V2,
  prepare: async (dir) => {
    await migrateIn(dir, { maxCheckpoints: 2 });
  },
  own: /^generation\.json$/,
});
