import { isDeepStrictEqual } from 'node:util'
import { type CaptureEntry, deliveryLine, linkLine, readEntry, readHeader } from '../../edge/capture/format.ts'
import { type FuzzTarget, insist, insistReason } from './target.ts'

const text = (value: string) => new TextEncoder().encode(value)
const decoder = new TextDecoder()

/** Lines of a capture, from whatever hands it came: what was understood is written so that it is understood again. */
export const captureTarget: FuzzTarget = {
  name: 'captures',
  good: [
    text(
      '{"warepulse":"capture","version":1,"startedAt":1770000000000,"source":{"type":"serial","id":"gate","path":"/dev/ttyUSB0"}}',
    ),
    text('{"ms":12.5,"at":1770000000000,"hex":"BB022200117E"}'),
    text('{"ms":13,"at":1770000000001,"text":"EP: 3034\\r\\n","channel":"a/b","retained":true}'),
    text('{"ms":14,"at":1770000000002,"hex":"043E","deviceClock":{"counts":"uptime","offsetMs":-3}}'),
    text('{"ms":15,"at":1770000000003,"link":{"device":"gate","state":"down","reason":"port closed"}}'),
  ],
  take(bytes) {
    const line = decoder.decode(bytes)
    const header = readHeader(line)
    const entry = readEntry(line)
    if (!header.ok) insistReason(header.reason)
    if (!entry.ok) insistReason(entry.reason)
    if (entry.ok) {
      const again = readEntry(written(entry.value))
      insist(again.ok && isDeepStrictEqual(said(again.value), said(entry.value)), 'the same entry again')
    }
    return header.ok || entry.ok ? 'accepted' : 'refused'
  },
}

function written(entry: CaptureEntry): string {
  return entry.type === 'link' ? linkLine(entry.ms, entry.report) : deliveryLine(entry.ms, entry.delivery)
}

/** Without its `ms`, which is written to the microsecond. */
function said(entry: CaptureEntry): unknown {
  if (entry.type === 'link') return entry.report
  return { ...entry.delivery, bytes: [...entry.delivery.bytes] }
}
