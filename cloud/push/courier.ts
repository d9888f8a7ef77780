import type { Fact, TellBoards } from './fact.ts'

/** Carries facts to the thread that serves boards. */
export interface Courier {
  readonly tell: TellBoards
  /** Sends what waits, and then no more. Safe to call twice. */
  close(): void
}

/**
 * Facts travel in parcels, at most one every `everyMs` under load and at once after quiet. Within a parcel the newest
 * fact of a slot, a sensor or a gateway replaces the one before, as the board would; what happened to alerts is told
 * whole and in order, since each may ring. So a parcel is never larger than the site and its news.
 */
export function openCourier(send: (facts: readonly Fact[]) => void, everyMs = 25): Courier {
  let parcel = new Map<string, Fact>()
  let timer: NodeJS.Timeout | undefined
  let alerts = 0
  let closed = false

  function deliver(): void {
    timer = undefined
    if (parcel.size === 0) return
    const facts = [...parcel.values()]
    parcel = new Map()
    send(facts)
    if (!closed) timer = setTimeout(deliver, everyMs)
  }

  return {
    tell(facts) {
      if (closed) return
      for (const fact of facts) {
        const key = keyOf(fact) ?? `alert ${++alerts}`
        parcel.delete(key) // so that it stands behind what was told before it
        parcel.set(key, fact)
      }
      timer ??= setTimeout(deliver, 0)
    },
    close() {
      if (closed) return
      closed = true
      clearTimeout(timer)
      deliver()
    },
  }
}

/** Facts with one key replace each other; undefined: each counts. */
function keyOf(fact: Fact): string | undefined {
  switch (fact.type) {
    case 'map':
      return `map ${fact.map.site}`
    case 'slot':
      return `slot ${fact.site} ${fact.slot}`
    case 'sensor':
      return `sensor ${fact.site} ${fact.now.sensor}`
    case 'gateway':
      return `gateway ${fact.state.site} ${fact.state.gateway}`
    case 'shipment':
      return `shipment ${fact.shipment.site} ${fact.shipment.shipment}`
    case 'counters':
      return `counters ${fact.site}`
    case 'doubts':
      return `doubts ${fact.site}`
    case 'flow':
      return `flow ${fact.site}`
    case 'gateway-rules':
      return `rules ${fact.site}`
    case 'held':
      return `held ${fact.site}`
    case 'power':
      return `power ${fact.site} ${fact.gateway}`
    case 'alert':
      return undefined
  }
}
