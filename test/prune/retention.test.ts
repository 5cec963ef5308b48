import { afterEach, describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/checkpoint/instant.ts';
import { parseAge } from '../../src/checkpoint/user-time.ts';
import { ageInSeconds, isPast } from '../../src/generations/retention.ts';
import { readSettings } from '../../src/stores/settings.ts';
import { writeSettings } from '../dual-write/run.ts';
import { initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { prepare } from '../migrate/checkpoints.ts';
import { expectConsistent, withRepository } from '../migrate/support.ts';
import { DAY, HOUR, madeAt, migrateHere, pruneIn, verdicts } from './support.ts';

const FOURTEEN_DAYS = { seconds: 14 * 86_400, keep: 0 };

describe('an age', () => {
  it.each([
    ['14d', 14 * 86_400],
    ['0d', 0],
    ['36h', 129_600],
    ['2w', 14 * 86_400],
  ])('%s', (text, seconds) => {
    expect(parseAge(text)).toBe(seconds);
  });

  it.each(['', '14', 'd', '-1d', '1.5d', '14 d', '14D', '1e3d', '14days', '9999999999d'])('%j is none', (text) => {
    expect(parseAge(text)).toBeUndefined();
  });
});

describe('the edge of a day, in every time zone', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const ZONES = ['UTC', 'Pacific/Kiritimati', 'Pacific/Niue', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York'];
  /** One moment, midnight on the day when summer time ends in Berlin, as writers of several zones put it down. */
  const SAME = [
    '2025-10-26T00:00:00Z',
    '2025-10-26T02:00:00+02:00',
    '2025-10-26T14:00:00+14:00',
    '2025-10-25T13:00:00-11:00',
    '2025-10-26T05:45:00.000000000+05:45',
  ];
  const moment = Date.UTC(2025, 9, 26);

  it.each(ZONES)('TZ=%s', (name) => {
    process.env.TZ = name;
    expect(new Date(moment).getTimezoneOffset()).toBe(offsetOf(name, moment));
    for (const text of SAME) {
      const newest = parseInstant(text) as bigint;
      const past = (milliseconds: number) => isPast(newest, FOURTEEN_DAYS, new Date(moment + milliseconds));
      expect(past(14 * DAY)).toBe(false);
      expect(past(14 * DAY + 1)).toBe(true);
      expect(past(14 * DAY - 1)).toBe(false);
      expect(past(-DAY)).toBe(false);
      expect(ageInSeconds(newest, new Date(moment + 14 * DAY + 999))).toBe(14 * 86_400);
    }
    // A nanosecond counts, which no Date can tell.
    expect(isPast((parseInstant(SAME[0]) as bigint) - 1n, FOURTEEN_DAYS, new Date(moment + 14 * DAY))).toBe(true);
    expect(isPast((parseInstant(SAME[0]) as bigint) + 1n, FOURTEEN_DAYS, new Date(moment + 14 * DAY + 1))).toBe(true);
  });

  it.each(ZONES)('TZ=%s, through a repository', async (name) => {
    process.env.TZ = name;
    const dir = `${tempDir()}/repo`;
    const v1 = new V1Builder();
    SAME.slice(0, 4).forEach((createdAt, n) => {
      v1.checkpoint(`a3000000000${n}`, { sessions: [{ createdAt }] });
    });
    v1.write(dir);
    await migrateHere(dir);
    expect(verdicts(await pruneIn(dir, { now: new Date(moment + 14 * DAY) }))).toEqual([
      '1 stay within-retention',
      '2 stay within-retention',
    ]);
    expect(verdicts(await pruneIn(dir, { now: new Date(moment + 14 * DAY + 1) }))).toEqual(['1 prune', '2 prune']);
  });

  function offsetOf(name: string, at: number): number {
    const options = { timeZone: name, timeZoneName: 'longOffset' } as const;
    const text = new Intl.DateTimeFormat('en', options).formatToParts(at).find(({ type }) => type === 'timeZoneName');
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text?.value ?? '') ?? [];
    const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
    return (sign === '+' ? -offset : offset) + 0;
  }
});

describe('which archives are past the retention', () => {
  it('the retention of the settings, --older-than in its place, and the newest ones that --keep spares', async () => {
    const { dir } = prepare(6);
    await migrateHere(dir);
    // The archives hold the checkpoints 1–2, 3–4 and 5–6, an hour apart.
    const now = new Date(madeAt(4).getTime() + 14 * DAY + 1);
    expect(verdicts(await pruneIn(dir, { now }))).toEqual(['1 prune', '2 prune', '3 stay within-retention']);
    expect(verdicts(await pruneIn(dir, { now, retentionDays: 15 }))).toEqual([
      '1 stay within-retention',
      '2 stay within-retention',
      '3 stay within-retention',
    ]);
    expect(verdicts(await pruneIn(dir, { now, olderThan: 0, keep: 1 }))).toEqual(['1 prune', '2 prune', '3 stay kept']);
    expect(verdicts(await pruneIn(dir, { now, keep: 2 }))).toEqual([
      '1 prune',
      '2 stay kept',
      '3 stay within-retention',
    ]);
    const all = await pruneIn(dir, { now, keep: 9, olderThan: 0 });
    expect(all).toMatchObject({ status: 'nothing-to-do', retention: { seconds: 0, from: 'flag', keep: 9 } });
    const half = await pruneIn(dir, { now: new Date(madeAt(2).getTime() + 12 * HOUR + 1), retentionDays: 0.5 });
    expect(verdicts(half)).toEqual(['1 prune', '2 stay within-retention', '3 stay within-retention']);
    expect(half.retention).toEqual({ seconds: 43_200, from: 'settings', keep: 0 });
    await expectConsistent(dir, { maxCheckpoints: 2 });
  });

  it('the settings file of the work tree says how many days', async () => {
    const dir = initRepository({ dir: `${tempDir()}/work` });
    const days = () => withRepository(dir, 'native', async (repo) => (await readSettings(repo)).retentionDays);
    expect(await days()).toBe(14);
    writeSettings(dir, { strategy_options: { full_transcript_generation_retention_days: 3 } });
    expect(await days()).toBe(3);
    writeSettings(dir, { strategy_options: { full_transcript_generation_retention_days: 0 } }, 'settings.local.json');
    expect(await days()).toBe(0);
  });
});
