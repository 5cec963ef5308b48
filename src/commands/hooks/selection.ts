import * as Flags from '@oclif/core/flags';
import { findProgram } from '../../hooks/find-program.ts';
import type { HooksOptions } from '../../hooks/hooks.ts';
import { programPath } from '../../shell/program-files.ts';
import { AGENTS, type AgentName } from '../../stores/agents.ts';
import { repositoryFlags } from '../base.ts';

/** Flags of every `ckpt hooks` command. */
export const hookFlags = {
  ...repositoryFlags,
  git: Flags.boolean({ summary: "Git's hooks: post-commit, post-merge, post-rewrite, pre-push." }),
  agent: Flags.option({
    options: AGENTS,
    helpValue: 'NAME',
    multiple: true,
    summary: `An agent's hook at the end of a turn, in the agent's own file of the work tree: ${AGENTS.join(', ')}.`,
  })(),
};

/** Which hooks the flags mean. Without any: git's, and those of the agents that are used in this work tree. */
export async function hooksOptions(flags: {
  readonly git: boolean;
  readonly agent: readonly AgentName[] | undefined;
}): Promise<HooksOptions> {
  const { env, execPath } = process;
  const any = flags.git || flags.agent !== undefined;
  return {
    git: flags.git || !any,
    agents: any ? (flags.agent ?? []) : 'in-use',
    program: await findProgram({ script: programPath(), node: execPath, env }),
    env,
  };
}
