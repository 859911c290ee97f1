import { Backoff } from '@shared/backoff'

/** Calls back when the server has news, the network is back or the app is looked at again; returns what ends it. */
export function listen(news: () => void): () => void {
  // The browser's own retry, every second for hours in a dead zone, would empty the battery.
  const backoff = new Backoff(1000, 60_000)
  let source: EventSource | null = null
  let timer = 0

  function connect(): void {
    window.clearTimeout(timer)
    source?.close()
    source = new EventSource('/api/courier/live')
    source.addEventListener('changed', news)
    source.addEventListener('open', () => {
      backoff.reset()
      // Whatever happened while there was no stream has been missed.
      news()
    })
    source.addEventListener('error', () => {
      source?.close()
      timer = window.setTimeout(connect, backoff.next())
    })
  }

  function again(): void {
    if (source?.readyState !== EventSource.OPEN) connect()
    news()
  }

  function seen(): void {
    if (document.visibilityState === 'visible') again()
  }

  connect()
  window.addEventListener('online', again)
  document.addEventListener('visibilitychange', seen)
  return () => {
    window.clearTimeout(timer)
    source?.close()
    window.removeEventListener('online', again)
    document.removeEventListener('visibilitychange', seen)
  }
}
