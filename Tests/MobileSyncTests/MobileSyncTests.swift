// tests of MobileSync
