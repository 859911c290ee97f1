export default {
  mobile: {
    title: 'Own mobile',
    use: { off: 'Off', last: 'If my phone is not answered', only: 'Only my mobile' },
    note: {
      off: 'Calls ring your device only, never your mobile.',
      last: 'Rings when your phone is away or not answered; press 1 to take the call. Ends when you sign out.',
      only: 'Calls ring your mobile at once; press 1 to take them. Ends when you sign out.',
    },
    answer: 'Answer on your mobile and press 1',
    talks: 'Talking by mobile',
    mark: 'Mobile',
    set: 'By mobile',
    unset: 'No mobile',
    setFor: 'Ring only the mobile of {name}',
    unsetFor: 'Ring the mobile of {name} no more',
  },
}
