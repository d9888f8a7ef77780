import type { Api } from '../parts.ts'

/** The certificate of the local authority, for tablets and gateways to install. It is public; its key never leaves the data directory. */
export function authorityRoute(app: Api, authority: string): void {
  app.get(
    '/authority.pem',
    {
      schema: {
        summary: 'Certificate of the local authority, to be trusted by browsers and gateways',
        tags: ['health'],
      },
    },
    async (_request, reply) =>
      reply
        .type('application/x-pem-file')
        .header('content-disposition', 'attachment; filename="warepulse-authority.pem"')
        .send(authority),
  )
}
