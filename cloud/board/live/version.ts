/**
 * Does the server hand out another build than the one that runs here? Its document names the script, and the script's
 * name changes with its content. A server out of reach is no other version.
 */
export async function isAnotherVersion(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>('script[type=module]')?.getAttribute('src')
  if (own === undefined || own === null) return false
  try {
    const response = await fetch('/', { cache: 'no-cache', signal: AbortSignal.timeout(10_000) })
    return response.ok && !(await response.text()).includes(own)
  } catch {
    return false
  }
}
