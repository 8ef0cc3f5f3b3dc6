import Foundation
import TestSupport

/// A folder for one test; it is deleted with the folder of the run.
func scratch() throws -> URL {
    let folder = TestServers.directory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
