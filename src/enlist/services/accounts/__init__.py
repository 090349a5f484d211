"""What people sign in with: the team, passwords, mails, throttling."""
