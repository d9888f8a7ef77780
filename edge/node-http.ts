/**
 * `node:http` without what an `import` of it brings: that asks for every name of the module, and one of them is a client
 * for WebSockets, 3 MB in a gateway (Node 24.21).
 */
export const { createServer, request } = process.getBuiltinModule('node:http')
