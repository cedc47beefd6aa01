#!/usr/bin/env node
// `npx catalyst-agent …` in a clone: the same as `npm run agent -- …`.
process.argv.splice(2, 0, 'agent');
await import('../scripts/run.js');
