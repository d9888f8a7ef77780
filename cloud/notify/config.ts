import { z } from 'zod'

/** The mail server that takes what is sent to people. */
export const SmtpServer = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(587),
  tls: z
    .enum(['starttls', 'at-once', 'none'])
    .default('starttls')
    .describe('`starttls` is insisted on; `none` for a server on this machine'),
  username: z.string().optional(),
  passwordFile: z.string().optional().describe('read for every mail, so that it can be changed'),
  from: z.string().min(3).max(254).describe('address of the sender, e.g. warepulse@example.com'),
})
export type SmtpServer = z.infer<typeof SmtpServer>

/** What may be reached when alerts are told to people away from the board (docs/notifications.md). */
export const NotifyConfig = z.strictObject({
  allow: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'names, addresses or networks (10.1.0.0/16) of this house that webhooks may reach; without it public addresses only',
    ),
  attemptMs: z.int().min(500).max(60_000).default(10_000).describe('longest that one attempt to deliver may take'),
  smtp: SmtpServer.optional().describe('without it no mail is sent'),
})
export type NotifyConfig = z.infer<typeof NotifyConfig>
