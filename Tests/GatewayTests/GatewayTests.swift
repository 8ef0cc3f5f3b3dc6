// tests of Gateway
