import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import type { Api } from './parts.ts'
import { problem } from './problem.ts'

/** Pages of the board; they are one document, and the board decides what to show. */
const pages = [
  '/',
  '/alerts',
  '/find',
  '/slot/*',
  '/item/*',
  '/gateways',
  '/sensors',
  '/sensors/*',
  '/shipments',
  '/shipments/*',
  '/goods',
  '/scan',
  '/system',
  '/wall/*',
  '/walls',
  '/imports',
  '/notifications',
  '/rules',
  '/setup',
  '/map',
  '/account',
  '/settings',
]

/** Serves the built board. Files with a hash in their name are kept by browsers for ever, the others asked for again. */
export async function serveBoard(app: Api, directory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: directory,
    prefix: '/',
    index: false,
    cacheControl: false,
    schemaHide: true,
    setHeaders(reply, path) {
      const hashed = path.startsWith(join(directory, 'assets'))
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  for (const page of pages) {
    app.get(page, { schema: { hide: true } }, async (_request, reply) => sendBoard(reply, directory))
  }
}

function sendBoard(reply: FastifyReply, directory: string): FastifyReply {
  if (existsSync(join(directory, 'index.html'))) return reply.sendFile('index.html')
  const detail = 'The board has not been built here: run "npm run build:board".'
  return reply.code(503).type('application/problem+json').send(problem('not-reachable', { detail }))
}
