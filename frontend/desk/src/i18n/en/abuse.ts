export default {
  abuse: {
    warn: 'Warn the caller (abuse)',
    end: 'Closing words, hang up',
    said: 'The caller hears the warning. If it goes on, press again to end the call.',
    marked: 'Warned',
    told: '{name} had a caller warned of abuse.',
    count: 'warned {n}',
  },
}
