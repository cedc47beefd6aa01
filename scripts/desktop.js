import { launchDesktop } from '../desktop/launch.js';
import { build } from './build.js';

await build();
await launchDesktop();
