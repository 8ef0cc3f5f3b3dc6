import Foundation

/// Makes the names of files durable: a synced file is still lost if the power fails before its folder is synced.
///
/// Renames and removals within one folder reach the disk in their order, on every file system with a journal.
enum Folder {
    /// Makes creations, renames and removals in the folder durable.
    static func sync(_ path: String) throws {
        try LogFile(path, flags: O_RDONLY | O_DIRECTORY).syncContent()
    }

    /// Renames a synced file, durably.
    static func move(_ old: String, to new: String) throws {
        guard rename(old, new) == 0 else { throw LogFile.Failure(operation: "rename", path: new, code: errno) }
        try sync((new as NSString).deletingLastPathComponent)
    }
}
