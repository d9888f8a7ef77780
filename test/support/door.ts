import { writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Broker } from '../../cloud/broker/broker.ts'
import { openEmbeddedBroker } from '../../cloud/broker/embedded.ts'
import { openIntake } from '../../cloud/intake/intake.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { wallClock } from './journal.ts'

/**
 * The door of the cloud as a process that can be killed: broker, intake, journal. Arguments: directory, port, and
 * `mute` to die as soon as a batch is committed, before its ack leaves. Any secret is right. Says `ready` on stdout.
 */
const [directory = '', port = '0', mute] = process.argv.slice(2)
const journal = await openJournal({ path: join(directory, 'journal.sqlite'), clock: wallClock, random: Math.random })
let broker: Broker | undefined
const intake = openIntake({
  journal,
  clock: wallClock,
  random: Math.random,
  send: async (address, channel, payload) => {
    const isHello = Buffer.from(payload).includes('"lease"')
    if (mute === 'mute' && !isHello) process.kill(process.pid, 'SIGKILL')
    await broker?.send(address, channel, payload)
  },
})
broker = await openEmbeddedBroker({
  events: intake,
  clock: wallClock,
  host: '127.0.0.1',
  port: Number(port),
  credentials: {
    async verify(username) {
      const [site = '', gateway = ''] = username.split('/')
      return { site, gateway }
    },
  },
})
writeSync(1, 'ready\n')
