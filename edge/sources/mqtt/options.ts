import { z } from 'zod'
import { DeviceId } from '../common-options.ts'
import { SpeakersOptions } from './speaker.ts'

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
    ...SpeakersOptions,
  })
  .refine(({ username, passwordFile }) => passwordFile === undefined || username !== undefined, {
    path: ['passwordFile'],
    message: 'needs `username`',
  })
export type MqttOptions = z.infer<typeof MqttOptions>
