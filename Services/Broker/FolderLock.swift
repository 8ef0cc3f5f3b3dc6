import Foundation

/// Holds the data folder for one process: two writers would destroy each other's log. The lock ends with the process.
struct FolderLock {
    private let file: Int32

    struct Taken: Error, CustomStringConvertible {
        let folder: String
        var description: String { "the data folder \(folder) is in use by another process" }
    }

    /// A folder that somebody else's files are in, or another format of ours: its content is not ours to read past.
    struct Foreign: Error, CustomStringConvertible {
        let folder: String
        var description: String { "the folder \(folder) is not empty and holds no log of this format" }
    }

    private static let format = "dcmms-broker 1\n"

    init(_ folder: String) throws {
        let path = folder + "/lock"
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw LogFile.Failure(operation: "open", path: path, code: errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw Taken(folder: folder)
        }
        let stamp = folder + "/format"
        if let found = FileManager.default.contents(atPath: stamp) {
            guard found == Data(Self.format.utf8) else { throw Foreign(folder: folder) }
        } else {
            guard try FileManager.default.contentsOfDirectory(atPath: folder) == ["lock"] else {
                throw Foreign(folder: folder)
            }
            try replaceFile(stamp, with: Array(Self.format.utf8))
        }
    }

    func release() {
        close(file)
    }
}
