import { AppError } from '@catalyst/shared/contract/errors';
import { type FilesIntoFolder, fileTreeRoutes } from '@catalyst/shared/features/files-tree';
import type { z } from 'zod';
import type { NameTarget } from '../../http/audit-target.ts';
import type { PanelHttp } from '../../http/panel-http.ts';
import { entryPathBytes, pathBytes, severalPathBytes } from './file-path.ts';
import type { FileTrees, IntoFolder } from './file-trees.service.ts';
import { readPathAsBytes } from './query-path.ts';

interface FileTreeRoutesParts {
  trees: FileTrees;
  nameTarget: NameTarget;
}

export function registerFileTreeRoutes(app: PanelHttp, { trees, nameTarget }: FileTreeRoutesParts): void {
  app.route({
    ...fileTreeRoutes.copy,
    preHandler: nameTarget,
    handler: ({ params, body }) => trees.copy(params.id, intoFolder(body)),
  });
  app.route({
    ...fileTreeRoutes.move,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) => {
      await trees.move(params.id, intoFolder(body));
      return reply.code(204).send();
    },
  });
  app.route({
    ...fileTreeRoutes.search,
    preValidation: readPathAsBytes,
    handler: ({ params, query: { path, pathBase64, ...wish } }) =>
      trees.search(params.id, pathBytes({ path, pathBase64 }), {
        ...wish,
        isRegularExpression: wish.isRegularExpression === 'true',
        isCaseSensitive: wish.isCaseSensitive === 'true',
      }),
  });
  app.route({
    ...fileTreeRoutes.checksum,
    preValidation: readPathAsBytes,
    handler: async ({ params, query: { algorithm, ...path } }) => ({
      algorithm,
      ...(await trees.checksum(params.id, entryPathBytes(path), algorithm)),
    }),
  });
  app.route({
    ...fileTreeRoutes.usage,
    preValidation: readPathAsBytes,
    handler: ({ params, query }) => trees.usage(params.id, pathBytes(query)),
  });
  app.route({
    ...fileTreeRoutes.times,
    preHandler: nameTarget,
    handler: ({ params, body }) => trees.setTimes(params.id, entryPathBytes(body), body.modifiedAt),
  });
}

function intoFolder(body: z.output<typeof FilesIntoFolder>): IntoFolder {
  const { newName, replace } = body;
  const paths = severalPathBytes(body);
  if (newName !== undefined && paths.length > 1) throw wrongName('only one entry can have a new name');
  if (newName?.includes('/')) throw wrongName('must be a name, not a path');
  if (newName !== undefined) entryPathBytes({ path: newName }, 'newName');
  return { paths, to: pathBytes({ path: body.to, pathBase64: body.toBase64 }, 'to'), newName, replace };
}

const wrongName = (message: string) =>
  new AppError('bad_request', 'The new name is not right', { issues: [{ path: 'newName', message }] });
