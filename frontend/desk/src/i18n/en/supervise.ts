export default {
  supervise: {
    start: 'Listen',
    startTitle: 'Listen to {name}; neither side hears you',
    listen: 'Listen',
    whisper: 'Whisper',
    barge: 'Barge in',
    leave: 'Stop listening',
    inListen: 'Listening to {name}: nobody hears you',
    inWhisper: 'Whispering: only {name} hears you',
    inBarge: 'Barged in: {name} and the caller hear you',
    ways: 'How to supervise',
  },
}
