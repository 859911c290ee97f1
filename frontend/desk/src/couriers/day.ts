/** The calendar day in Shanghai as YYYY-MM-DD. `at`: milliseconds. */
export const dayOf = (at: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)
