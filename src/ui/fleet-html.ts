import type { FleetSummary } from '../fleet/fleet-summary.ts';
import { escapeHtml } from './export/escape-html.ts';
import { fleetPicture } from './fleet-picture.ts';
import { htmlTop } from './html-page.ts';
import { countOf, formatCount, formatDuration } from './words.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
svg{width:100%;height:auto}table{border-collapse:collapse;width:100%;margin-top:1.5rem}
td,th{text-align:left;padding:.2rem .6rem .2rem 0;border-bottom:1px solid #8884;overflow-wrap:anywhere;vertical-align:top}
.n{text-align:right}.bad{font-weight:bold}`;

/**
 * Where a fleet stands, as one page: a picture, and a row a repository, the worst first. Nothing is loaded and nothing runs, whatever a
 * repository is called (`html-page.ts`).
 */
export function fleetHtml({ fleet, counts, standings, repositories, ...rest }: FleetSummary): string {
  const title = `ckpt fleet ${[fleet.command, ...fleet.words].join(' ')}`;
  const rank = new Map(standings.map(({ standing, grade }, at) => [`${grade} ${standing}`, at]));
  const place = ({ grade, standing }: { grade: string; standing: string }) => rank.get(`${grade} ${standing}`) ?? 0;
  const rows = [...repositories]
    .sort((a, b) => place(a) - place(b))
    .map(({ name, standing, grade, checkpointCount, durationMs, detail }) => {
      const checkpoints = checkpointCount === null ? '' : formatCount(checkpointCount);
      const cells = [
        `<td>${escapeHtml(name)}</td><td class="${grade}">${escapeHtml(standing)}</td>`,
        `<td class="n">${checkpoints}</td><td class="n">${formatDuration(durationMs)}</td><td>${escapeHtml(detail)}</td>`,
      ];
      return `<tr>${cells.join('')}</tr>`;
    });
  return `${htmlTop(title, STYLE)}<h1>${escapeHtml(title)}</h1>
<p>${countOf(counts.repositories, 'repository', 'repositories')}, ${countOf(counts.checkpoints, 'checkpoint')}.</p>
${fleetPicture({ fleet, counts, standings, repositories, ...rest })}
<table>
<tr><th>repository</th><th>standing</th><th class="n">checkpoints</th><th class="n">time</th><th>what</th></tr>
${rows.join('\n')}
</table>
</body>
</html>
`;
}
