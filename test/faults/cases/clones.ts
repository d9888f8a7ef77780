import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { GatewayState } from '../../../shared/api.ts'
import { startWarepulse } from '../../support/processes.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, site } from '../scene.ts'

/** F41: a card is copied, and both run. Afterwards the copy is taken away and the gateway released. */
async function copiedSpool({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const spool = join(scene.directory, 'gw-spool')
    const before = await scene.openGateway('gw')
    await before.stream(1, 200)
    await before.drained()
    await before.close()
    cpSync(spool, `${spool}-copy`, { recursive: true })

    // What either stores while both are there has no one place: nobody confirms it to the end.
    let next = 201
    let [isTwo, paused] = [true, false]
    const onPromise = (_first: number, ns: readonly number[]) => {
      for (const n of ns) scene.unconfirmed.add(n)
    }
    const original = await scene.openGateway('gw', { onPromise })
    const copy = await scene.openGateway('gw', { onPromise, directory: `${spool}-copy` })
    const work = (async () => {
      while (isTwo) {
        for (const gateway of [original, copy]) {
          if (paused) continue
          await gateway.store(Array.from({ length: 4 }, (_, i) => next + i))
          next += 4
        }
        await delay(20)
      }
    })()
    const state = async () =>
      (await scene.street.all<GatewayState>('/gateways')).find(({ gateway }) => gateway === 'gw') as
        | (GatewayState & { readonly forked?: unknown })
        | undefined
    const found = await until(
      'it is found',
      async () => {
        const gateway = await state()
        return gateway?.forked === undefined || gateway.forked === null ? undefined : gateway
      },
      { withinMs: 60_000, everyMs: 300 },
    )
    paused = true
    const frozenAt = await scene.metric('intake_records_accepted_total')
    await delay(1500)
    const grown = (await scene.metric('intake_records_accepted_total')) - frozenAt
    const alerts = await scene.street.all<{ subject: string; state: string }>(`/sites/${site}/alerts?state=active`)
    isTwo = false
    await work
    await copy.close()
    const command = ['gateway', 'unfork', site, 'gw', '--config', join(scene.directory, 'cloud.yaml')]
    const release = startWarepulse(command)
    const code = await release.exited
    await original.drained(90_000)
    await original.close()
    const after = await scene.openGateway('gw')
    await after.stream(next, 200)
    await after.drained()
    return {
      injected: true,
      proof: `a copied spool ran beside its original: FORKED (${JSON.stringify(found.forked)}), frozen, alert raised, released`,
      verdict: withProblems(await scene.judge(), [
        grown > 0 && `${grown} records were journalled while it was frozen`,
        !alerts.some(({ subject }) => subject.includes('gw')) && 'no alert was raised',
        code !== 0 && `the release failed: ${release.output()}`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

export const cloneCases: readonly FaultCase[] = [
  {
    fault: 'F41',
    title: 'two gateways with one identity and one spool: both frozen, an alert, no merge; released by command',
    tier: 'commit',
    run: copiedSpool,
  },
]
