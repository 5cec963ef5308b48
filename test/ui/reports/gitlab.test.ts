import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { gitlabReport } from '../../../src/ui/reports/gitlab.ts';
import { judgedOf } from '../../verify/reports.ts';
import { AT_LINE, CONTROL, FINDINGS, LOST, NOTED, WARNED } from './samples.ts';

/** What docs.gitlab.com/ci/testing/code_quality (`Code Quality report format`) demands of each entry. */
const fits = new Ajv({ allErrors: true }).compile({
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'location', 'severity'],
    properties: {
      type: { const: 'issue' },
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string', pattern: '^[A-Z0-9_]+$' },
      fingerprint: { type: 'string', pattern: '^[0-9a-f]+$' },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', minLength: 1, pattern: '^(?!\\./)' },
          lines: { type: 'object', required: ['begin'], properties: { begin: { type: 'integer', minimum: 1 } } },
        },
      },
    },
  },
});

const issuesOf = (...args: Parameters<typeof judgedOf>) => JSON.parse(gitlabReport(judgedOf(...args)));

describe('gitlabReport', () => {
  it.each([[[]], [FINDINGS]])('has the form that GitLab documents', (findings) => {
    const issues = issuesOf(findings);
    expect({ fits: fits(issues), errors: fits.errors }).toEqual({ fits: true, errors: null });
    expect(issues).toHaveLength(findings.filter(({ severity }) => severity !== 'note').length);
    for (const { description, location } of issues) expect(`${description}${location.path}`).not.toMatch(CONTROL);
  });

  it('maps severities, and has each finding by a fingerprint of its own', () => {
    const issues = issuesOf([LOST, LOST, WARNED, NOTED], { failOn: 'note' });
    expect(issuesOf([LOST, LOST, WARNED, NOTED])).toEqual(issues.slice(0, 3));
    expect(issues.map(({ severity }: { severity: string }) => severity)).toEqual([
      'critical',
      'critical',
      'minor',
      'info',
    ]);
    expect(issues[0]).toMatchObject({ check_name: 'FIELD_LOST', location: { path: LOST.path, lines: { begin: 1 } } });
    expect(issues[2].location.path).toBe(WARNED.ref);
    expect(issuesOf([AT_LINE])[0]).toMatchObject({
      description: expect.stringContaining('full.jsonl line 7: no JSON'),
      location: { path: AT_LINE.path, lines: { begin: 7 } },
    });
    expect(new Set(issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(4);
  });

  it('has what is known, which GitLab compares by itself, and not what is ignored', () => {
    const known = { file: 'b.json', entries: judgedOf([LOST]).findings };
    expect(issuesOf([LOST], { known })).toHaveLength(1);
    expect(issuesOf([LOST], { ignore: [{ code: 'FIELD_LOST' }] })).toEqual([]);
  });
});
