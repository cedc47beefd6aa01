import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import type { Product } from './product.ts';

/**
 * Adds a template to a product that has not started yet, whose "game" is a script, for Node unless `argv` says otherwise.
 * It counts as running once it prints `ready`, and stops on the command `stop`.
 */
export async function addScriptTemplate(
  product: Product,
  id: string,
  script: string,
  argv = ['node', 'script.js'],
  /** It runs in containers of this image where one is given, else as a process. */
  image?: string,
): Promise<void> {
  const template: z.input<typeof Template> = {
    id,
    version: 1,
    name: id,
    summary: 'A script',
    icon: 'generic',
    images: image === undefined ? {} : { default: image },
    processRuntime: image === undefined,
    variables: [],
    ports: [{ name: 'game', label: 'Game', protocol: 'tcp', preferred: 40_000 }],
    startup: { argv },
    done: { kind: 'line', contains: 'ready', timeoutSeconds: 60 },
    stop: { kind: 'command', command: 'stop', timeoutSeconds: 5 },
    install: { steps: [{ kind: 'write', label: 'Write the script', path: 'script.js', content: script }] },
    restartPolicy: { mode: 'never' },
    defaults: { memoryMb: 256, minimumMemoryMb: 64, cpuCores: 1, diskMb: 256 },
    howToJoin: 'Nobody joins {{ADDRESS}}',
  };
  const folder = join(product.dataDir, 'panel', 'templates');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${id}.json`), JSON.stringify(template));
}
