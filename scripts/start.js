import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, root } from './build.js';

// The panel runs in this very process: one process less between it and whoever sends it a signal.
build(['panel-server', 'agent', 'interface']);
process.env.CATALYST_AGENT_ENTRY ??= join(root, 'agent', 'dist', 'main.js');
process.env.CATALYST_INTERFACE_DIR ??= join(root, 'desktop', 'dist', 'renderer');
await import(pathToFileURL(join(root, 'panel-server', 'dist', 'main.js')).href);
