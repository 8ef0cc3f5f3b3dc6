// The suites of this folder run the fleet as it is deployed: every daemon a process, every server a real one.
