import { z } from 'zod'
import { Mapping } from '../../decoders/mapping/options.ts'
import { messageProtocolNames } from '../../decoders/protocol.ts'
import { DeviceId, ReadPoints, SilentAfterMs } from '../common-options.ts'

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

export const MqttOptions = z
  .strictObject({
    type: z.literal('mqtt').describe('readers and sensors that speak through a broker of the site'),
    id: DeviceId.describe('id of the connection'),
    url: z.url({ protocol: /^(?:mqtts?|wss?)$/ }).describe('of the broker, e.g. mqtt://broker.lan:1883'),
    username: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional().describe('file that holds the password; needs `username`'),
    clientId: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'a name that only this gateway uses: the broker then keeps QoS 1 messages while it is away; default: a new name each time',
      ),
    keepaliveSeconds: z.int().min(1).max(120).default(15).describe('a dead broker is found within 1.5 of them'),
    subscriptions: z.array(Subscription).min(1).max(64),
    names: z
      .record(z.string(), DeviceId)
      .default({})
      .describe(
        'device id by the name in the topic or at `mapping.sensor`, for names that are no ids, such as `冷库 1`',
      ),
    silentAfterMs: SilentAfterMs.optional().describe('a device that said nothing valid for so long is `silent`'),
    readPoints: z
      .record(DeviceId, ReadPoints.unwrap())
      .optional()
      .describe('by device: read point by antenna port; ports not named are `<device>.<antenna>`'),
  })
  .refine(({ username, passwordFile }) => passwordFile === undefined || username !== undefined, {
    path: ['passwordFile'],
    message: 'needs `username`',
  })
export type MqttOptions = z.infer<typeof MqttOptions>
