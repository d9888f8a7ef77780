import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles, type ProjectionName, projectionNames } from '../../cloud/data-files.ts'
import { lockDataDirectory } from '../../cloud/database/lock.ts'
import { openSetAside } from '../../cloud/journal/set-aside.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { rebuildable } from '../../cloud/rebuild/catalogue.ts'
import { rebuild as rebuildOne } from '../../cloud/rebuild/rebuild.ts'
import { Fault } from '../../shared/fault.ts'
import { bar } from '../bar.ts'
import { loadConfiguration, systemClock, systemRandom, untilStopped } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly json?: boolean
}

/** `warepulse rebuild <projection|all>`: the cloud stands still meanwhile; gateways keep what they read. */
export async function rebuild(which: string, options: Options, terminal: Terminal): Promise<void> {
  const names = namesOf(which)
  const config = loadConfiguration(CloudConfig, options.config)
  const { dataDirectory } = config
  const journalPath = join(dataDirectory, dataFiles.journal)
  if (!existsSync(journalPath)) throw new Fault('not-found', `There is no journal ${journalPath} to build from.`)
  await using open = new AsyncDisposableStack()
  open.defer(lockDataDirectory(dataDirectory))
  const surroundings = { clock: systemClock, random: systemRandom }
  const journal = open.adopt(await openJournal({ path: journalPath, ...surroundings }), (room) => room.close())
  const setAside = open.adopt(openSetAside(join(dataDirectory, dataFiles.setAside)), (room) => room.close())
  const signal = untilStopped()
  for (const name of names) {
    const startedMs = systemClock.monotonicMs()
    let drawnMs = 0
    const result = await rebuildOne(await rebuildable(name, config, systemClock), {
      ...surroundings,
      journal,
      setAside,
      signal,
      onProgress(done, total) {
        const now = systemClock.monotonicMs()
        if (now - drawnMs < 100 && done < total) return
        drawnMs = now
        terminal.progress(`${name} ${bar(done, total)} entries`)
      },
      onTrouble: (fault) => terminal.error(`${name}: ${fault.message} Trying again.`),
    }).catch((thrown) => {
      if (signal.aborted) throw new Fault('timeout', `Stopped. ${name} is as it was before.`)
      throw thrown
    })
    const seconds = (systemClock.monotonicMs() - startedMs) / 1000
    if (options.json === true) terminal.line(JSON.stringify({ projection: name, ...result, seconds }))
    else terminal.line(sentence(name, result.entries, result.setAside, seconds))
  }
}

function sentence(name: string, entries: number, setAside: number, seconds: number): string {
  const built = `${name} built anew from ${entries.toLocaleString('en')} entries in ${seconds.toFixed(1)} s`
  return setAside === 0 ? built : `${built}; ${setAside} could not be applied (warepulse quarantine list)`
}

function namesOf(which: string): readonly ProjectionName[] {
  if (which === 'all') return projectionNames
  const name = projectionNames.find((known) => known === which)
  if (name !== undefined) return [name]
  throw new Fault('bad-input', `There is no projection "${which}". There are: ${projectionNames.join(', ')}, all.`)
}
