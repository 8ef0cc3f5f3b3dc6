import Foundation
import TestSupport

/// A folder of a test's own; it goes with the run's.
func scratch() throws -> URL {
    let folder = TestServers.directory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
