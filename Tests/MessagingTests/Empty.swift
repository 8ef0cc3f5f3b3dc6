// Tests of Messaging.
