import { launchDesktop } from '../desktop/launch.js';
import { build } from './build.js';

build();
await launchDesktop();
