internal import CLibpq
import Glibc

/// Wakes a thread that waits in poll(2): a Linux event counter, see eventfd(2).
final class Bell: Sendable {
    /// Readable once the bell was rung.
    let descriptor: Int32

    init() throws {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else {
            throw PostgresError(.connection, message: "no eventfd: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Never blocks: allowed on any thread.
    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func silence() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
