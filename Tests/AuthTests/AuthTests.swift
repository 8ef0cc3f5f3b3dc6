// tests of Auth
