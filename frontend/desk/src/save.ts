/** Gives a file to the person in front of the screen. */
export function saveFile(data: Blob, name: string): void {
  const url = URL.createObjectURL(data)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads it after this turn.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
