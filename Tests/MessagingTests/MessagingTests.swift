// tests of Messaging
