// @ts-check
// Feeds transcripts to another tool: one JSON line a session on stdout, with the bytes of its transcript in base64. What this clone lacks, as a
// partial clone may, is named on stderr.
//
//   node examples/feed-transcripts.js ../project | other-tool
import { once } from 'node:events';
import { GitError, listCheckpoints, openRepository, readCheckpoint, readTranscript } from 'ckpt';

const [dir = '.'] = process.argv.slice(2);
const repo = await openRepository({ dir });
try {
  const { checkpoints } = await listCheckpoints(repo);
  for (const { checkpoint } of checkpoints) {
    const { sessions } = await readCheckpoint(repo, checkpoint);
    for (const { session, transcript } of sessions) {
      if (transcript === null) continue;
      const pieces = [];
      try {
        for await (const piece of await readTranscript(repo, checkpoint, { session })) pieces.push(piece);
      } catch (error) {
        if (!(error instanceof GitError && error.code === 'BAD_OBJECT')) throw error;
        console.error(`${checkpoint}, session ${session}: ${error.message}`);
        process.exitCode = 1;
        continue;
      }
      const line = { checkpoint, session, transcript: Buffer.concat(pieces).toString('base64') };
      if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
    }
  }
} finally {
  await repo.close();
}
