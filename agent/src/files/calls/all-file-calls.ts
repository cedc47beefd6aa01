import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import { archiveAgentCalls } from '@catalyst/shared/features/archives-link';
import { fileAgentCalls } from '@catalyst/shared/features/files-link';
import { fileTreeAgentCalls } from '@catalyst/shared/features/files-tree-link';
import { pullAgentCalls } from '@catalyst/shared/features/pulls-link';
import { uploadAgentCalls } from '@catalyst/shared/features/uploads-link';
import type { DataPlane } from '../../link/data-plane.ts';
import type { Logger } from '../../logger.ts';
import type { Supervisor } from '../../servers/supervisor.ts';
import type { FileTasks } from '../archives/file-tasks.ts';
import type { FilePulls } from '../pulls/file-pulls.ts';

const calls = {
  ...fileAgentCalls,
  ...fileTreeAgentCalls,
  ...uploadAgentCalls,
  ...pullAgentCalls,
  ...archiveAgentCalls,
};
type FileCallHandlers = CallHandlers<typeof calls>;

interface FileCallParts {
  supervisor: Supervisor;
  dataPlane: DataPlane;
  pulls: FilePulls;
  fileTasks: FileTasks;
  log: Logger;
}

/** All that people do with files. What answers is loaded with the first call: an idle agent is to be small. */
export function allFileCallHandlers(parts: FileCallParts): FileCallHandlers {
  let loading: Promise<FileCallHandlers> | undefined;
  const answering = (name: keyof FileCallHandlers) => async (input: never) => {
    loading ??= load(parts);
    return (await loading)[name](input);
  };
  return Object.fromEntries(
    Object.keys(calls).map((name) => [name, answering(name as keyof FileCallHandlers)]),
  ) as unknown as FileCallHandlers;
}

async function load(parts: FileCallParts): Promise<FileCallHandlers> {
  const { supervisor } = parts;
  const [files, trees, uploads, pulls, archives] = await Promise.all([
    import('./files.calls.ts'),
    import('./file-trees.calls.ts'),
    import('./uploads.calls.ts'),
    import('./pulls.calls.ts'),
    import('../archives/archives.calls.ts'),
  ]);
  return {
    ...files.fileCallHandlers(parts),
    ...trees.fileTreeCallHandlers(supervisor),
    ...uploads.uploadCallHandlers(parts),
    ...pulls.pullCallHandlers(parts),
    ...archives.archiveCallHandlers(parts),
  };
}
