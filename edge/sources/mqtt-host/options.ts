import { z } from 'zod'
import { DeviceId } from '../common-options.ts'
import { SpeakersOptions } from '../mqtt/speaker.ts'

const loopback = /^(?:127\.|localhost$|::1$)/

export const MqttHostOptions = z
  .strictObject({
    type: z
      .literal('mqtt-host')
      .describe('readers and sensors that publish to this gateway itself, where a site has no broker'),
    id: DeviceId.describe('id of the door'),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('address to listen on; 0.0.0.0 lets the devices of the network in'),
    port: z.int().min(1).max(65_535).default(1883).describe('MQTT 3.1.1'),
    username: z
      .string()
      .min(1)
      .optional()
      .describe('that every device must give; needed unless only this machine can reach it'),
    passwordFile: z.string().min(1).optional().describe('file that holds the password; needs `username`'),
    ...SpeakersOptions,
  })
  .refine(({ username, passwordFile }) => (passwordFile === undefined) === (username === undefined), {
    path: ['passwordFile'],
    message: '`username` and `passwordFile` go together',
  })
  .refine(({ host, username }) => username !== undefined || loopback.test(host), {
    path: ['username'],
    message: 'whoever reaches this address could make reads up: `username` and `passwordFile` are needed',
  })
export type MqttHostOptions = z.infer<typeof MqttHostOptions>
