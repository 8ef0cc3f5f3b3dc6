import Foundation

/// A real disk of a few megabytes, mounted for one test. Only root can mount it; without root there is no disk, and the test
/// reports that.
final class TinyDisk {
    let url = FileManager.default.temporaryDirectory.appending(path: "dcmms-disk-\(UUID().uuidString)")
    private var ballast: URL { url.appending(path: "ballast") }

    init?(megabytes: Int, for test: String = #function) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        guard mount("tmpfs", url.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            print("SKIPPED: \(test): no disk can be mounted here (\(String(cString: strerror(errno))))")
            rmdir(url.path)
            return nil
        }
    }

    deinit {
        umount2(url.path, Int32(MNT_DETACH))
        rmdir(url.path)
    }

    /// Writes until there is no room for another byte.
    func fill() {
        let file = open(ballast.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(file, block, block.count) > 0 {}
    }

    func makeRoom() throws {
        try FileManager.default.removeItem(at: ballast)
    }
}
