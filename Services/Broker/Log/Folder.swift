import Foundation

/// The names of files: a file that was synced is lost all the same when the power goes before its folder is on the disk.
///
/// What is renamed and removed within one folder comes to the disk in that order, on every file system with a journal.
enum Folder {
    /// Makes what was created, renamed or removed in it last.
    static func sync(_ path: String) throws {
        try LogFile(path, flags: O_RDONLY | O_DIRECTORY).syncContent()
    }

    /// Gives a file that is on the disk another name, which lasts.
    static func move(_ old: String, to new: String) throws {
        guard rename(old, new) == 0 else { throw LogFile.Failure(operation: "rename", path: new, code: errno) }
        try sync((new as NSString).deletingLastPathComponent)
    }
}
