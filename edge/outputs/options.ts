import { z } from 'zod'
import { Identifier } from '../../shared/identifier.ts'

const id = Identifier.describe('by which rules name it')

/** A program of this machine. What runs is written here and nowhere else: a rule can only name the output. */
export const CommandOutput = z.strictObject({
  type: z.literal('command').describe('a program is run when an alert begins or ends'),
  id,
  command: z.string().regex(/^\//, 'must be an absolute path').describe('the program, without a shell'),
  args: z.array(z.string().max(1024)).max(32).default([]).describe('as they are: nothing is put in'),
  timeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5_000)
    .describe('after this it is killed, and what it started with it'),
})
export type CommandOutput = z.infer<typeof CommandOutput>

/** A broker of the site, which lights and screens listen to. */
export const MqttOutput = z.strictObject({
  type: z.literal('mqtt').describe('what is raised stands at a broker of the site, as a retained message'),
  id,
  url: z.url({ protocol: /^mqtts?$/ }),
  topic: z
    .string()
    .regex(/^[^\s#+\0]{1,128}$/u, 'must be 1–128 characters without blanks, + and #')
    .default('warepulse/local')
    .describe('messages go to `<topic>/<rule>/<subject>`'),
  username: z.string().min(1).optional(),
  passwordFile: z.string().min(1).optional().describe('file that holds the password'),
})
export type MqttOutput = z.infer<typeof MqttOutput>

export const OutputOptions = z.discriminatedUnion('type', [CommandOutput, MqttOutput])
export type OutputOptions = z.infer<typeof OutputOptions>
