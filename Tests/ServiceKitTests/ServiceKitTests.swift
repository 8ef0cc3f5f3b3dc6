// tests of ServiceKit
