import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import type { Finding } from './finding.ts'
import type { Targets } from './targets.ts'

/** Can the files be read that the configuration names, and can nobody else read the secret ones? */
export async function checkFile({ key, path, isSecret }: Targets['files'][number]): Promise<Finding> {
  const about = { check: 'file', subject: key } as const
  try {
    await access(path, constants.R_OK)
    const { mode } = await stat(path)
    if (isSecret && (mode & 0o004) !== 0) {
      return {
        ...about,
        verdict: 'look',
        sentence: `Everybody on this machine can read ${path}. Run: chmod 600 ${path}`,
      }
    }
    return { ...about, verdict: 'fine', sentence: `${path} can be read` }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const sentence =
      code === 'EACCES'
        ? `${path} may not be read by this user. Give it to the user that the gateway runs as.`
        : `${path} is not there. Correct the path, or put the file in place.`
    return { ...about, verdict: 'wrong', sentence }
  }
}
