// Tests of MobileSync.
