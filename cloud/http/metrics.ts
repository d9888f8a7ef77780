import { Counter, Gauge } from '@prometheus-io/client'
import type { Api, HttpParts } from './parts.ts'

const names = {
  answered: 'http_requests_answered_total',
  connected: 'push_boards_connected',
  heldBack: 'push_boards_held_back_total',
} as const

/** Counts answers by route and kind, and shows how many boards look on. Labels come from the route table only. */
export function countAnswers(app: Api, { registry, push }: HttpParts): void {
  const answered = new Counter({
    name: names.answered,
    help: 'Requests answered, by route and kind of status',
    labelNames: ['route', 'status'],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    answered.inc({ route: `${request.method} ${request.routeOptions.url ?? 'unknown'}`, status })
  })
  new Gauge({
    name: names.connected,
    help: 'Boards connected to /live now',
    registers: [registry],
    collect() {
      this.set(push.sockets)
    },
  })
  new Counter({
    name: names.heldBack,
    help: 'How often a slow board got no more deltas until it had drained, since the start',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(push.heldBack)
    },
  })
  // The registry outlives the server: when a port is taken, the next attempt registers them again.
  app.addHook('onClose', async () => {
    for (const name of Object.values(names)) registry.removeSingleMetric(name)
  })
}
