// @ts-check
// A bot's comment on a pull request, as Markdown on stdout: the checkpoints that its commits name, and what is wrong with them.
//
//   node examples/pull-request-comment.js . origin/main..HEAD
import { listCheckpoints, openRepository, verify } from 'ckpt';

const [dir = '.', commits = 'origin/main..HEAD'] = process.argv.slice(2);

/** Text of the repository as Markdown shows it: nothing in it is markup. */
const plain = (/** @type {string} */ text) => text.replace(/[\\`*_{}[\]()#+\-.!|<>&@]/g, '\\$&').replace(/\s+/g, ' ');

const repo = await openRepository({ dir });
try {
  const { scope, findings } = await verify(repo, { commits });
  const named = new Set(scope?.checkpoints);
  const { checkpoints } = await listCheckpoints(repo);
  console.log(`### Agent checkpoints\n\n${named.size} named by the commits of this pull request.\n`);
  for (const { checkpoint, agents, prompt } of checkpoints.filter((listed) => named.has(listed.checkpoint))) {
    console.log(`- \`${checkpoint}\` ${plain(agents.join(', '))}: ${plain(prompt ?? 'no prompt')}`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const { code, message } of errors) console.log(`\n**${code}** ${plain(message)}`);
  process.exitCode = errors.length > 0 ? 1 : 0;
} finally {
  await repo.close();
}
