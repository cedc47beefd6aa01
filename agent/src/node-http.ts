/**
 * Node's http without `import`, which reads all that http exports: one of it loads a whole WebSocket client of Node's
 * own and costs 4 MB.
 */
export const http = process.getBuiltinModule('node:http');
