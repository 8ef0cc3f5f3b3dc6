// Tests of MLScoring.
