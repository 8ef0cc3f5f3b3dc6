// Tests of Notification.
