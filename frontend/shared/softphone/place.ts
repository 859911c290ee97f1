/**
 * One softphone per browser: two windows with the same registration would both ring and the second answer
 * would fail. Uses the Web Locks API; where it is missing every window may have the phone.
 */
export class Place {
  private release: (() => void) | null = null

  constructor(private readonly name: string) {}

  /** True when this window now holds the place. `lost` is called if another window takes it away. */
  take(steal: boolean, lost: () => void): Promise<boolean> {
    if (this.release || !navigator.locks) return Promise.resolve(true)
    return new Promise((decided) => {
      const held = (lock: Lock | null) => {
        decided(lock !== null)
        if (lock === null) return Promise.resolve()
        return new Promise<void>((resolve) => {
          this.release = resolve
        })
      }
      const options: LockOptions = steal ? { steal: true } : { ifAvailable: true }
      navigator.locks.request(this.name, options, held).catch(() => {
        this.release = null
        lost()
      })
    })
  }

  leave(): void {
    this.release?.()
    this.release = null
  }
}
