// tests of StreamProcessor
