import Foundation

/// `make test-broker` runs the long form of the same tests.
let isFullScale = ProcessInfo.processInfo.environment["DCMMS_TEST_SCALE"] == "full"
