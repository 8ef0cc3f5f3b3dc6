// tests of MLScoring
