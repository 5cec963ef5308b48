import { REFS } from '../../src/layout/refs-layout.ts';
import { projectIn } from '../project/refs/support.ts';
import { conformsTo } from './conformance.ts';

conformsTo({
  layout: REFS,
  prepare: async (dir) => {
    await projectIn(dir);
  },
  own: /^$/,
});
