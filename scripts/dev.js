import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, root } from './build.js';

// The interface is served by Vite and reloads by itself; the panel runs from its sources and restarts on a change.
build(['agent', 'interface']);
process.env.CATALYST_AGENT_ENTRY ??= join(root, 'agent', 'dist', 'main.js');
process.env.CATALYST_INTERFACE_DIR ??= join(root, 'desktop', 'dist', 'renderer');
const panel = spawn(process.execPath, ['--watch', join(root, 'panel-server', 'src', 'main.ts')], {
  stdio: 'inherit',
});
const { createServer } = await import('vite');
const server = await createServer({
  configFile: join(root, 'desktop', 'vite.config.ts'),
  root: join(root, 'desktop'),
});
await server.listen();
server.printUrls();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    panel.kill(signal);
    await server.close();
  });
}
