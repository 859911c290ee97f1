export default {
  factor: {
    title: 'Second step of signing in',
    why: 'Your account may hear recordings, export data or run the back office, and other machines reach this system: please set up a second step first.',
    scan: 'Scan this with an authenticator app on your phone:',
    picture: 'QR code for the authenticator app',
    type: 'If you cannot scan, type the secret:',
    code: 'The 6 digits that the app shows',
    confirm: 'Confirm',
    loading: 'One moment…',
    recoveryTitle: 'Keep these recovery codes',
    recovery: 'If the phone is lost, each of them signs you in once. They are never shown again: print them or write them down.',
    print: 'Print',
    kept: 'I have kept them',
    on: 'Your account has its second step. For another phone ask an administrator to remove it under users, then set it up again.',
    signIn: 'Code of the app, or a recovery code',
    menu: 'Second step of signing in',
  },
}
