import { z } from 'zod'
import { identifierPattern } from '../../../shared/identifier-pattern.ts'
import { mappingDecoder } from '../../decoders/mapping/decode.ts'
import { Mapping } from '../../decoders/mapping/options.ts'
import { messageProtocolNames } from '../../decoders/protocol.ts'
import { DeviceId, ReadPoints, SilentAfterMs } from '../common-options.ts'
import type { ConfiguredSource, Speaker } from '../configured.ts'
import { matchTopic } from './topic.ts'

const placeholder = /^(?:[^{}#]*\/)?\{device\}(?:\/[^{}#]*)?$/

const Subscription = z
  .strictObject({
    topic: z
      .string()
      .min(1)
      .max(512)
      .describe('one level may be `{device}`, the name of the speaker, as in `impinj/{device}/tags`; `+` is any level'),
    protocol: z.enum(messageProtocolNames).optional().describe('what is said there'),
    mapping: Mapping.optional().describe('how JSON of any other sensor is read, in place of `protocol`'),
    device: DeviceId.optional().describe('who speaks there, where neither topic nor `mapping.sensor` says'),
  })
  .refine(({ topic }) => !topic.includes('{') || placeholder.test(topic), {
    path: ['topic'],
    message: '`{device}` must be a whole level, and stand there once; `#` is not possible',
  })
  .refine(
    ({ topic, device, mapping }) =>
      [topic.includes('{device}'), device !== undefined, mapping?.sensor !== undefined].filter(Boolean).length === 1,
    {
      path: ['topic'],
      message: 'needs one of these: `{device}` in the topic, the key `device`, or `mapping.sensor`',
    },
  )
  .refine(({ protocol, mapping }) => (protocol === undefined) !== (mapping === undefined), {
    path: ['protocol'],
    message: 'needs either `protocol` or `mapping`',
  })
export type Subscription = z.infer<typeof Subscription>

/** Who speaks on which topic, and how: the same for a broker that the gateway is client of and for one that it is. */
export const SpeakersOptions = {
  subscriptions: z.array(Subscription).min(1).max(64),
  names: z
    .record(z.string(), DeviceId)
    .default({})
    .describe('device id by the name in the topic or at `mapping.sensor`, for names that are no ids, such as `冷库 1`'),
  silentAfterMs: SilentAfterMs.optional().describe('a device that said nothing valid for so long is `silent`'),
  readPoints: z
    .record(DeviceId, ReadPoints.unwrap())
    .optional()
    .describe('by device: read point by antenna port; ports not named are `<device>.<antenna>`'),
}
const Speakers = z.object(SpeakersOptions)
type Speakers = z.infer<typeof Speakers> & { readonly id: string }

/** Names come off the network: longer ones would not fit a read point. */
const longestDevice = 60

/** Topics come off the network: so many are remembered with their speaker, and then anew. */
const rememberedTopics = 2_000

/** By topic; `undefined`: nobody that is configured. */
export function speakersOf(options: Speakers): ConfiguredSource['speakerOf'] {
  const known = new Map<string, Speaker>()
  const said = options.subscriptions.map(({ protocol, mapping }) =>
    mapping === undefined ? protocol : mappingDecoder(mapping, options.names),
  )
  return (topic) => {
    if (topic === undefined) return undefined
    const remembered = known.get(topic)
    if (remembered !== undefined) return remembered
    const speaker = speakerAt(options, said, topic)
    if (known.size >= rememberedTopics) known.clear()
    if (speaker !== undefined) known.set(topic, speaker)
    return speaker
  }
}

/** The first subscription that matches names the speaker. */
function speakerAt(
  options: Speakers,
  said: readonly (Speaker['protocol'] | undefined)[],
  topic: string,
): Speaker | undefined {
  for (const [i, subscription] of options.subscriptions.entries()) {
    const captured = matchTopic(subscription.topic, topic)
    if (captured === undefined) continue
    const named = Object.hasOwn(options.names, captured) ? options.names[captured] : captured
    // Where only the message tells the sensor, what cannot be read is counted for the connection.
    const device =
      subscription.device ?? (subscription.mapping?.sensor === undefined ? (named ?? captured) : options.id)
    const protocol = said[i]
    if (protocol === undefined || device.length > longestDevice || !identifierPattern.test(device)) return undefined
    return { device, protocol }
  }
  return undefined
}
