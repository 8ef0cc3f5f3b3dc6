import Foundation
import Synchronization

/// The starter's end of a socket whose other end a server's watcher reads: when this one closes, the server has to end.
final class Lifeline: Sendable {
    private let descriptor: Mutex<Int32?>

    private init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    deinit { cut() }

    func cut() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// A lifeline, and the end for the watcher; the caller closes that.
    ///
    /// Both are closed on exec from the first moment, which Glibc's module offers for sockets and not for pipes: a server that
    /// inherited another one's lifeline would keep it alive.
    static func make() throws -> (lifeline: Lifeline, watched: Int32) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw LocalServerError("no socket pair: \(String(cString: strerror(errno)))")
        }
        return (Lifeline(descriptor: ends[0]), ends[1])
    }
}
