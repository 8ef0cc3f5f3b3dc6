import Foundation

/// Holds the data folder for one process: two writers would destroy each other's log. The lock ends with the process.
struct FolderLock {
    private let file: LogFile

    struct Taken: Error, CustomStringConvertible {
        let folder: String
        var description: String { "the data folder \(folder) is in use by another process" }
    }

    /// The folder holds files that are not a broker's.
    struct Foreign: Error, CustomStringConvertible {
        let folder: String
        var description: String { "the folder \(folder) is not empty and holds no log" }
    }

    static let format = "dcmms-broker 2\n"

    /// Locks the folder of a stopped broker without changing anything in it.
    init(stopped folder: String) throws {
        try self.init(folder, flags: O_RDWR)
    }

    private init(_ folder: String, flags: Int32) throws {
        file = try LogFile(folder + "/lock", flags: flags)
        guard file.lock() else { throw Taken(folder: folder) }
    }

    init(_ folder: String) throws {
        try self.init(folder, flags: O_RDWR | O_CREAT)
        let stamp = folder + "/format"
        if let found = FileManager.default.contents(atPath: stamp) {
            guard found == Data(Self.format.utf8) else {
                throw Damage(file: stamp, offset: 0, reason: "it does not say \(Self.format.dropLast())")
            }
        } else {
            guard try FileManager.default.contentsOfDirectory(atPath: folder) == ["lock"] else {
                throw Foreign(folder: folder)
            }
            try replaceFile(stamp, with: Array(Self.format.utf8))
        }
    }

    func release() {
        file.unlock()
    }
}
