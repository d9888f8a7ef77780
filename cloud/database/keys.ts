/**
 * Keys of two names, put together once for each pair: a new text for every record of the stream would have to be built
 * and hashed again each time. As many as there are pairs, like the maps they are for.
 */
export class Keys {
  readonly #compose: (site: string, name: string) => string
  readonly #bySite = new Map<string, Map<string, string>>()

  constructor(compose: (site: string, name: string) => string) {
    this.#compose = compose
  }

  of(site: string, name: string): string {
    let ofSite = this.#bySite.get(site)
    if (ofSite === undefined) {
      ofSite = new Map()
      this.#bySite.set(site, ofSite)
    }
    let key = ofSite.get(name)
    if (key === undefined) {
      key = this.#compose(site, name)
      ofSite.set(name, key)
    }
    return key
  }
}
