import Foundation

/// Keeps two commands from working on one stack. The system releases it when its holder ends, however that ends.
struct StackLock {
    private let descriptor: Int32

    struct Busy: Error, CustomStringConvertible {
        let description = "another `make up`, `make demo` or `make down` is at work here: wait until it is through"
    }

    init(_ directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "lock").path
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file]) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Busy()
        }
    }

    func release() {
        // Closing it is not enough: a program that another thread is just starting has the file, too, until it runs.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
