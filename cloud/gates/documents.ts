import { documentFor } from '../../shared/gateway-document.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import type { Broker, Upward } from '../broker/broker.ts'
import type { Fact } from '../push/fact.ts'

/** Tells every gateway the part of its site's map that it works by. */
export interface GatewayDocuments {
  /** A new map goes to all gateways that it names. */
  hear(facts: readonly Fact[]): void
  /** A gateway that says hello gets the map in force, whatever it says to have. */
  upward(message: Pick<Upward, 'address' | 'channel'>): void
}

/** What is sent may be lost: the next hello brings it again. */
export function gatewayDocuments(send: Broker['send'], standing: readonly Fact[]): GatewayDocuments {
  const maps = new Map<string, SiteMap>()
  const tell = (map: SiteMap, gateway: string) => {
    const payload = Buffer.from(JSON.stringify(documentFor(map, gateway)))
    void send({ site: map.site, gateway }, 'config', payload).catch(() => undefined)
  }
  const learn = (facts: readonly Fact[]) =>
    facts.flatMap((fact) => {
      if (fact.type !== 'map') return []
      maps.set(fact.map.site, fact.map)
      return [fact.map]
    })
  learn(standing)
  return {
    hear(facts) {
      for (const map of learn(facts)) {
        for (const gateway of new Set(map.readPoints.map((point) => point.gateway))) tell(map, gateway)
      }
    },
    upward({ address, channel }) {
      const map = channel === 'hello' ? maps.get(address.site) : undefined
      if (map !== undefined) tell(map, address.gateway)
    },
  }
}
