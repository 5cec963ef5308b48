import type { Grade } from '../fleet/fleet-row.ts';
import type { FleetSummary } from '../fleet/fleet-summary.ts';
import { escapeHtml } from './export/escape-html.ts';
import { formatCount } from './words.ts';

/** Colours that are told apart in print and by people who see no red or green (Okabe and Ito's). */
const COLOUR: Readonly<Record<Grade, string>> = { good: '#009e73', open: '#e69f00', none: '#bbbbbb', bad: '#b3001b' };
const WORDS: Readonly<Record<Grade, string>> = {
  good: 'nothing left to do',
  open: 'something left to do',
  none: 'no checkpoints',
  bad: 'failed',
};
const GRADE_ORDER = Object.keys(WORDS) as Grade[];

const WIDTH = 720;
/** A square a repository, its gap included. */
const CELL = 12;
/** Squares that are drawn: more are a wall, and a large file. */
const MAX_CELLS = 6000;

/** Where a fleet stands, as an SVG picture: one bar by grade with its numbers, and below it a square a repository, by name. No script. */
export function fleetPicture({ counts, repositories }: FleetSummary): string {
  const shown = repositories.slice(0, MAX_CELLS);
  const perRow = Math.floor(WIDTH / CELL);
  const height = 84 + Math.ceil(shown.length / perRow) * CELL;
  const cells = shown.map(({ name, standing, grade }, at) => {
    const place = `x="${(at % perRow) * CELL}" y="${76 + Math.floor(at / perRow) * CELL}"`;
    const title = escapeHtml(`${name}: ${standing}`);
    return `<rect ${place} width="${CELL - 2}" height="${CELL - 2}" fill="${COLOUR[grade]}"><title>${title}</title></rect>`;
  });
  const label = `${formatCount(counts.repositories)} repositories: ${GRADE_ORDER.map((grade) => `${formatCount(counts[grade])} ${WORDS[grade]}`).join(', ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}" font-family="sans-serif" font-size="13">`,
    ...bar(counts),
    ...cells,
    '</svg>',
  ].join('\n');
}

/** The bar, and what its colours mean. */
function bar(counts: FleetSummary['counts']): string[] {
  let left = 0;
  return GRADE_ORDER.flatMap((grade, at) => {
    const width = counts.repositories === 0 ? 0 : (WIDTH * counts[grade]) / counts.repositories;
    const x = left;
    left += width;
    const key = at * (WIDTH / 4);
    return [
      `<rect x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="28" fill="${COLOUR[grade]}"/>`,
      `<rect x="${key}" y="42" width="12" height="12" fill="${COLOUR[grade]}"/>`,
      `<text x="${key + 18}" y="53" fill="currentColor">${formatCount(counts[grade])} ${WORDS[grade]}</text>`,
    ];
  });
}
