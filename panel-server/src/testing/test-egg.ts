import type { NewTemplate } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import { testTemplate } from './test-template.ts';

/** What a template of one's own is made of. */
export function newTemplate(changes: Partial<z.input<typeof NewTemplate>> = {}): z.input<typeof NewTemplate> {
  const { id: _id, version: _version, origin: _origin, format: _format, ...given } = testTemplate;
  return { ...given, ...changes };
}

// biome-ignore lint/suspicious/noExplicitAny: a test may make of it what no honest file says
type Loose = Record<string, any>;

/** A community file with a bit of everything. */
export function testEgg(changes: Loose = {}): Loose {
  return {
    _comment: 'written by a panel',
    meta: { version: 'PTDL_v2', update_url: null },
    exported_at: '2026-01-02T03:04:05+00:00',
    name: 'Block world',
    author: 'someone@example.com',
    description: 'A world of blocks.',
    features: ['eula'],
    docker_images: { 'Java 21': 'ghcr.io/example/java:21', 'Java 17': 'ghcr.io/example/java:17' },
    file_denylist: ['secret.txt'],
    startup: 'java -Xmx{{SERVER_MEMORY}}M -jar {{SERVER_JARFILE}} $( [[ -f x ]] && echo --x )',
    config: {
      files: JSON.stringify({
        'server.properties': {
          parser: 'properties',
          find: { 'server-port': '{{server.build.default.port}}', motd: { old: 'new' } },
        },
      }),
      startup: '{\r\n    "done": ")! For help, type "\r\n}',
      logs: '{}',
      stop: '^^C',
    },
    scripts: {
      installation: {
        script: '#!/bin/ash\r\ncd /mnt/server\r\n',
        container: 'ghcr.io/example/installers:alpine',
        entrypoint: 'ash',
      },
    },
    variables: [
      {
        name: 'Jar file',
        description: 'What is run',
        env_variable: 'SERVER_JARFILE',
        default_value: 'server.jar',
        user_viewable: true,
        user_editable: true,
        rules: 'required|regex:/^([\\w\\d._-]+)(\\.jar|\\.zip)$/|max:20',
        field_type: 'text',
      },
    ],
    ...changes,
  };
}
