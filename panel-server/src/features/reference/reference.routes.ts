import type { PanelHttp } from '../../http/panel-http.ts';

/** The API's own description; made on the first request, as most panels are never asked. */
export function registerReferenceRoutes(app: PanelHttp): void {
  const config = { permission: 'public' } as const;
  const openApi = once(async () => (await import('./openapi.ts')).openApiDocument());
  const openApiText = once(async () => JSON.stringify(await openApi()));
  const realtimeText = once(async () =>
    JSON.stringify((await import('./realtime-document.ts')).realtimeDocument()),
  );
  const page = once(async () => (await import('./reference-page.ts')).referencePage(await openApi()));

  const serve = (url: string, type: string, text: () => Promise<string>) =>
    app.get(url, { config }, async (_request, reply) =>
      reply.type(`${type}; charset=utf-8`).send(await text()),
    );
  serve('/api/openapi.json', 'application/json', openApiText);
  serve('/api/realtime.json', 'application/json', realtimeText);
  serve('/api/docs', 'text/html', page);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
