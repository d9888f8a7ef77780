import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { openJournalThread } from '../../../cloud/threads/journal/open.ts'
import { Ack } from '../../../shared/wire.ts'

/** Of a Buffer that shares 64 kB with others, structured clone copies all 64. */
test('an acknowledgement crosses threads in a buffer of its own', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'warepulse-journal-thread-'))
  const address = { site: 'harbour', gateway: 'gw-north' }
  const hex = '0123456789abcdef'.repeat(2)
  const hello = { v: 1, epoch: hex, first: 1, next: 1, version: 'test', config: 0, boot: hex, startedAt: 0 }
  const sent = Promise.withResolvers<Uint8Array>()
  const thread = await openJournalThread(
    { dataDirectory, evidenceDays: 30, seriesPort: new MessageChannel().port1 },
    { facts() {}, reads() {}, done() {}, log() {}, send: async (_to, _channel, payload) => sent.resolve(payload) },
  )
  try {
    const payload = Buffer.from(JSON.stringify({ ...hello, clockSynced: true }))
    thread.upward({ address, channel: 'hello', payload, at: Date.now() })
    const ack = await sent.promise
    expect(Ack.parse(JSON.parse(new TextDecoder().decode(ack)))).toMatchObject({ epoch: hex, committed: 0 })
    expect(ack.buffer.byteLength).toBe(ack.byteLength)
  } finally {
    await thread.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
})
