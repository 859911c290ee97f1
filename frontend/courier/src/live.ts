const RETRY_MS = 30_000

/** Calls back when the server has news, the network is back or the app is looked at again; returns what ends it. */
export function listen(news: () => void): () => void {
  let source: EventSource | null = null

  function connect(): void {
    if (source && source.readyState !== EventSource.CLOSED) return
    source = new EventSource('/api/courier/live')
    source.addEventListener('changed', news)
    // Whatever happened while there was no stream has been missed.
    source.addEventListener('open', news)
  }

  function again(): void {
    connect()
    news()
  }

  function seen(): void {
    if (document.visibilityState === 'visible') again()
  }

  connect()
  // A stream that the server refused is not opened again by the browser itself.
  const retry = setInterval(connect, RETRY_MS)
  window.addEventListener('online', again)
  document.addEventListener('visibilitychange', seen)
  return () => {
    clearInterval(retry)
    source?.close()
    window.removeEventListener('online', again)
    document.removeEventListener('visibilitychange', seen)
  }
}
