// tests of Notification
