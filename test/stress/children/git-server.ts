import { serveGit } from '../../fixtures/git-http.ts';

// Serves the bare repositories below the folder that is named, and says where.
const { urlWithPassword } = await serveGit(process.argv[2] as string);
console.log(urlWithPassword);
