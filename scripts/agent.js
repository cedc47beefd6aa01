import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, root } from './build.js';

// `npm run agent`, `npm run agent -- link`: the agent alone, for a machine that is a node of another machine's panel.
build(['agent']);
await import(pathToFileURL(join(root, 'agent', 'dist', 'main.js')).href);
