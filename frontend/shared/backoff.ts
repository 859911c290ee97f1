/** Growing pauses with jitter: full steps double from `first` up to `most` (milliseconds). */
export class Backoff {
  private attempt = 0

  constructor(
    private readonly first: number,
    private readonly most: number,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const step = Math.min(this.most, this.first * 2 ** this.attempt)
    this.attempt += 1
    return Math.round(step * (0.75 + this.random() / 2))
  }

  reset(): void {
    this.attempt = 0
  }
}
