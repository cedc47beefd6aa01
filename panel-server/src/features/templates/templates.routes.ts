import { templateRoutes } from '@catalyst/shared/features/templates';
import type { FastifyRequest, RequestPayload } from 'fastify';
import { namedTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import { maxEggBytes } from './eggs/read-egg.ts';
import type { OwnTemplates } from './own-templates.ts';
import type { TemplateImports } from './template-imports.ts';
import type { Templates } from './templates.service.ts';

/** Whoever uploads a file and sends nothing for so long is gone. */
const idleMs = 30_000;
const maxManyBytes = 33_554_432;

interface TemplateRoutesParts {
  templates: Templates;
  own: OwnTemplates;
  imports: TemplateImports;
}

export async function registerTemplateRoutes(
  app: PanelHttp,
  { templates, own, imports }: TemplateRoutesParts,
): Promise<void> {
  const nameTarget = namedTarget('template', (id) => templates.find(id)?.name);
  app.route({ ...templateRoutes.list, handler: ({ query }) => templates.list(query) });
  app.route({ ...templateRoutes.get, handler: ({ params }) => templates.get(params.id) });
  app.route({
    ...templateRoutes.create,
    handler: async (request, reply) => {
      const template = await own.create(request.body, callerOf(request));
      noteTarget(request, template);
      return reply.code(201).send(template);
    },
  });
  app.route({
    ...templateRoutes.update,
    preHandler: nameTarget,
    handler: (request) => own.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...templateRoutes.delete,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await own.delete(params.id);
      return reply.code(204).send();
    },
  });
  app.route({ ...templateRoutes.versions, handler: ({ params, query }) => own.versions(params.id, query) });
  app.route({
    ...templateRoutes.importUrl,
    handler: async (request, reply) => {
      const { url } = request.body;
      const isDryRun = request.query.dryRun === 'true';
      request.auditNote = { ...request.auditNote, details: { url, dryRun: isDryRun } };
      const imported = await imports.importUrl(url, isDryRun, callerOf(request));
      noteTarget(request, imported.template);
      return reply.code(imported.dryRun ? 200 : 201).send(imported);
    },
  });
  app.route({
    ...templateRoutes.refresh,
    preHandler: nameTarget,
    handler: (request) =>
      imports.refresh(request.params.id, request.query.dryRun === 'true', callerOf(request)),
  });
  app.route({
    ...templateRoutes.importMany,
    bodyLimit: maxManyBytes,
    handler: async (request) => {
      const { body, query } = request;
      return { items: await imports.importMany(body.files, query.dryRun === 'true', callerOf(request)) };
    },
  });
  app.route({
    ...templateRoutes.export,
    handler: async ({ params, query: { format } }, reply) => {
      const text = await imports.export(params.id, format);
      return reply
        .type(`application/${format}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="egg-${params.id}.${format}"`)
        .send(Buffer.from(text));
    },
  });
  await app.register(async (files) => {
    files.removeAllContentTypeParsers();
    files.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxEggBytes }, (_request, body, done) =>
      done(null, body),
    );
    (files as unknown as PanelHttp).route({
      ...templateRoutes.import,
      preParsing: async ({ raw }: FastifyRequest, _reply: unknown, payload: RequestPayload) => {
        raw.setTimeout(idleMs, () => raw.destroy());
        return payload;
      },
      handler: async (request, reply) => {
        const { fileName, dryRun } = request.query;
        const details = { fileName, dryRun };
        request.auditNote = { ...request.auditNote, details };
        const body: unknown = request.body;
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const options = { fileName, dryRun: dryRun === 'true' };
        const imported = await imports.import(bytes, options, callerOf(request));
        noteTarget(request, imported.template);
        return reply.code(imported.dryRun ? 200 : 201).send(imported);
      },
    });
  });
}

function noteTarget(request: FastifyRequest, { id, name }: { id: string; name: string }): void {
  request.auditNote = { ...request.auditNote, target: { kind: 'template', id, name } };
}
