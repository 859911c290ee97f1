import { ApiError, failure, headers } from './client'

/**
 * A form with a file in it; `sent` hears how much of it (0 to 1) has left. `fetch` tells nobody that.
 * Throws ApiError for anything but 2xx.
 */
export function upload<T>(path: string, form: FormData, sent: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const line = new XMLHttpRequest()
    line.open('POST', path)
    for (const [name, value] of Object.entries(headers())) line.setRequestHeader(name, value)
    line.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) sent(event.loaded / event.total)
    }
    line.onload = () => {
      const answer = new Response(line.response as string, { status: line.status })
      if (answer.ok) answer.json().then(resolve as (body: unknown) => void, reject)
      else void failure(answer).then(reject)
    }
    line.onerror = () => reject(new ApiError(0, 'unreachable', ''))
    line.onabort = line.onerror
    line.send(form)
  })
}
