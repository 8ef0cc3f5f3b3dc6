// tests of Identifiers
